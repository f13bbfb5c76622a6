# claim: nothing in /tmp or /dev/shm can be started
# status: ok
# prints: held
import os
import shutil
import subprocess
from attempt import held, refused

for folder in ("/tmp", "/dev/shm"):
    shutil.copy("/bin/true", folder + "/true")
    refused(folder, lambda: subprocess.run([folder + "/true"]))
held()
