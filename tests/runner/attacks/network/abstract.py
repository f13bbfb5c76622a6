# claim: abstract sockets are the run's own: there is nobody to talk to
# status: ok
# prints: held
import socket
from attempt import held, refused

names = [line.split()[-1] for line in open("/proc/net/unix") if "@" in line]
if names:
    print("ESCAPED:", names)
for name in ("\0/containerd-shim", "\0dbus", "\0/tmp/.X11-unix/X0", "\0docker"):
    refused(repr(name), lambda: socket.socket(socket.AF_UNIX).connect(name))
mine = socket.socket(socket.AF_UNIX)
mine.bind("\0mine")
held()
