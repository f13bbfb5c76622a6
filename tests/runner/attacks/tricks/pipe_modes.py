# claim: whatever mode it puts its pipes into, the runner reads on
# status: ok
# prints: held
import fcntl
import os
from attempt import held

for fd in (0, 1, 2):
    for mode in (os.O_NONBLOCK, os.O_NONBLOCK | 0o40000, os.O_ASYNC, 0o40000):
        fcntl.fcntl(fd, fcntl.F_SETFL, mode)
        try:
            fcntl.fcntl(fd, 1031, 1 << 20)
            fcntl.fcntl(fd, fcntl.F_SETOWN, 1)
        except OSError:
            pass
        if fd:
            try:
                os.write(fd, b"x")
            except BlockingIOError:
                pass
    try:
        fcntl.fcntl(fd, 1031, 4096)
    except OSError:
        pass
fcntl.fcntl(1, fcntl.F_SETFL, 0)
print()
held()
