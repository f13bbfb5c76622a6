# claim: who stops everybody stops not the init
# wall: 1000
# status: time_limit
import os
import signal

for i in range(10):
    if os.fork() == 0:
        while True:
            signal.pause()
os.kill(-1, signal.SIGSTOP)
os.kill(1, signal.SIGSTOP) if os.getuid() == 0 else None
os.kill(os.getpid(), signal.SIGSTOP)
