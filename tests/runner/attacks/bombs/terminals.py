# claim: a program cannot take the host's pseudo-terminals, of which there are few
# status: ok
# prints: held
import os
from attempt import held, refused

for path in ("/dev/ptmx", "/dev/pts/ptmx"):
    refused(path, lambda: os.open(path, os.O_RDWR | os.O_NOCTTY))
    refused("chmod " + path, lambda: os.chmod(path, 0o666))
refused("openpty", os.openpty)
held()
