# claim: a set-id file of its own gives it nothing
# status: ok
# prints: held
import os
import shutil
import subprocess
from attempt import held

shutil.copy("/bin/sh", "/w/sh")
try:
    os.chmod("/w/sh", 0o6755)
except OSError:
    pass
uid = subprocess.run(["/w/sh", "-pc", "cat /proc/self/status"], capture_output=True, text=True).stdout
if f"Uid:\t{os.getuid()}\t{os.getuid()}" not in uid:
    print("ESCAPED:", uid[:200])
for d, _, files in os.walk("/usr"):
    for name in files:
        if os.lstat(f"{d}/{name}").st_mode & 0o6000:
            print("ESCAPED:", d, name)
held()
