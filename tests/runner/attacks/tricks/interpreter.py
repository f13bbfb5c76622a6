# claim: the interpreter's own files cannot be changed, for nobody
# status: ok
# prints: held
import os
import site
import sys
from attempt import held, refused

for folder in {*sys.path, *site.getsitepackages(), "/usr/lib/python3", "/usr/local/lib", os.path.dirname(os.__file__)}:
    if folder and folder != "/w" and os.path.isdir(folder):
        refused(folder, lambda: open(folder + "/sitecustomize.py", "w"))
        refused(folder, lambda: os.rename(folder, folder + ".old"))
refused("libc", lambda: os.open("/lib/x86_64-linux-gnu/libc.so.6", os.O_WRONLY))
refused("preload", lambda: open("/etc/ld.so.preload", "w"))
held()
