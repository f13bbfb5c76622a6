# claim: a program has its three descriptors, and none leads anywhere else
# status: ok
# prints: held
import os
from attempt import held, refused

own = os.open("/proc/self/fd", os.O_RDONLY | os.O_DIRECTORY)
for name in os.listdir("/proc/self/fd"):
    try:
        to = os.readlink(f"/proc/self/fd/{name}")
    except OSError:
        continue
    if not to.startswith(("pipe:", "/proc/")) or int(name) > 2 and to.startswith("pipe:"):
        print("ESCAPED:", name, to)
for fd in range(3):
    refused("beside", lambda: os.open("../../etc/shadow", os.O_RDONLY, dir_fd=fd))
    refused("folder", lambda: os.fchdir(fd))
held()
