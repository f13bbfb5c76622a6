# claim: what a child prints after the program's end is not shown, however it holds on to the pipes
# status: ok
# prints: end
# never: late
import os
import socket
import time

a, b = socket.socketpair()
if os.fork() == 0:
    socket.send_fds(a, [b"x"], [1, 2])
    time.sleep(0.2)
    while True:
        os.write(1, b"late\n") if os.getppid() == 1 else time.sleep(0.001)
print("end")
