# claim: a child that outlives the program has moments, not seconds, however it holds on to the pipes
# status: ok
# prints: end
# never: late
import os
import socket
import time

a, b = socket.socketpair()
if os.fork() == 0:
    socket.send_fds(a, [b"x"], [1, 2])
    while os.getppid() != 1:
        time.sleep(0.001)
    time.sleep(5)
    while True:
        os.write(1, b"late\n")
print("end")
