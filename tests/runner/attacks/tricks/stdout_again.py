# claim: its output can be opened, cut, moved in and read back, and is only its own pipe
# status: ok
# prints: held
import os
from attempt import held, refused

for path in ("/dev/stdout", "/proc/self/fd/1", "/dev/fd/1"):
    refused("cut", lambda: os.truncate(path, 0))
    fd = os.open(path, os.O_WRONLY | os.O_APPEND)
    refused("seek", lambda: os.lseek(fd, 0, os.SEEK_SET))
    os.write(fd, b"again\n")
held()
