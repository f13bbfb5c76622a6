# claim: the program's own file replaced by links to what is not its own leads nowhere
# status: ok
# prints: held
import os
from attempt import held, refused

for to in ("/etc/shadow", "/proc/1/environ", "/.viva/init", "/proc/1/root/etc/passwd", "/dev/mem"):
    os.unlink("/w/main.py")
    os.symlink(to, "/w/main.py")
    refused(to, lambda: open("/w/main.py", "rb").read(1))
    refused("link to " + to, lambda: os.link(to, "/w/hard"))
held()
