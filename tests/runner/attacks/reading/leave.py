# claim: what a run plants in every place it can write to, others do not find
# status: ok
# prints: planted
import os
import socket
from attempt import call

for folder in ("/w", "/tmp", "/dev/shm"):
    open(folder + "/planted", "w").write("secret")
    os.chmod(folder + "/planted", 0o777)
call(29, 4711, 4096, 0o1666)
s = socket.socket(socket.AF_UNIX)
s.bind("\0planted")
os.setxattr("/w/planted", "user.secret", b"secret") if os.path.exists("/w/planted") else None
print("planted")
