# claim: a program that never was a file is as confined as any
# status: ok
# prints: held
import os
import subprocess
from attempt import held

fd = os.memfd_create("x")
os.write(fd, open("/bin/cat", "rb").read())
said = subprocess.run([f"/proc/self/fd/{fd}", "/proc/self/status"], capture_output=True, text=True, pass_fds=[fd]).stdout
for wanted in ("Seccomp:\t2", "NoNewPrivs:\t1", "CapEff:\t0000000000000000"):
    if wanted not in said:
        print("ESCAPED:", said)
held()
