# claim: it is nobody, and becomes nobody else
# status: ok
# prints: held
import os
from attempt import call, held, refused

for name, f in {
    "setuid": lambda: os.setuid(0), "setgid": lambda: os.setgid(0), "seteuid": lambda: os.seteuid(0), "setreuid": lambda: os.setreuid(0, 0),
    "setresuid": lambda: os.setresuid(0, 0, 0), "setresgid": lambda: os.setresgid(0, 0, 0), "setgroups": lambda: os.setgroups([0]),
    "setfsuid": lambda: call(122, 0), "setfsgid": lambda: call(123, 0), "capset": lambda: call(126, bytes(8), bytes(24)),
    "chown": lambda: os.chown("/w", 0, 0), "mknod": lambda: os.mknod("/w/d", 0o20666, os.makedev(1, 1)), "ambient": lambda: call(157, 47, 2, 21, 0, 0),
}.items():
    refused(name, f)
for line in open("/proc/self/status"):
    if line.startswith("Cap") and int(line.split()[1], 16) != 0 or line.startswith("NoNewPrivs") and line.split()[1] != "1":
        print("ESCAPED:", line.strip())
if os.getuid() < 1000 or os.getgid() < 1000 or os.getgroups():
    print("ESCAPED:", os.getuid(), os.getgid(), os.getgroups())
held()
