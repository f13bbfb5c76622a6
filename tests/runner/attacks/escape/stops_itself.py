# claim: who stops itself is ended by its time
# wall: 4000
# status: time_limit
# prints: stopped
import os
import signal

print("stopped")
os.kill(os.getpid(), signal.SIGSTOP)
print("ESCAPED: went on")
