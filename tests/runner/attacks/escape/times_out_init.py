# claim: however much there is to kill and to bury, the end is told in time
# wall: 2000
# status: time_limit
import os
import signal
import time

a = bytearray(60 << 20)
for i in range(0, len(a), 4096):
    a[i] = 1
for s in range(1, 65):
    try:
        signal.signal(s, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
for i in range(55):
    try:
        if os.fork() == 0:
            os.setsid()
            while True:
                try:
                    os.close(os.open(f"/w/{os.getpid()}", os.O_CREAT | os.O_WRONLY))
                    os.unlink(f"/w/{os.getpid()}")
                except OSError:
                    pass
    except OSError:
        pass
time.sleep(60)
