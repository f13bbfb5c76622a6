# claim: memory that belongs to no process (files, shared segments) does not get the init killed in the program's stead
# status: memory_limit
# memory in /w, /tmp, /dev/shm and System V segments; processes as small as can be, which ask to be spared
import ctypes
import os

with open("/proc/self/oom_score_adj", "w") as f:
    try:
        f.write("0")
        f.flush()
    except OSError:
        pass
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
for i in range(8):
    at = libc.shmat(libc.shmget(0, 1 << 24, 0o1600), None, 0)
    ctypes.memset(at, 1, 1 << 24)
    libc.shmdt(ctypes.c_void_p(at))
os.execv("/bin/sh", ["sh", "-c", "for f in /w/a /tmp/a; do head -c 60000000 /dev/zero > $f; done; head -c 15000000 /dev/zero > /dev/shm/a; sleep 1"])
