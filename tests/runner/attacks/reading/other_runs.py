# claim: nobody else is there: no process, no file, no queue that another run left
# status: ok
# prints: held
import os
from attempt import held

pids = {int(name) for name in os.listdir("/proc") if name.isdigit()}
if len(pids) > 3:
    print("ESCAPED:", pids)
mine = {"/w/main.py", "/w/attempt.py"}
for folder in ("/w", "/tmp", "/dev/shm", "/dev/mqueue", "/var/tmp"):
    for d, _, files in os.walk(folder):
        for name in files:
            if f"{d}/{name}" not in mine:
                print("ESCAPED:", d, name)
held()
