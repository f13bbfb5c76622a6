# claim: an interpreter that was waiting holds nothing of its waiting: no descriptor, no child, no thread, no handler
# status: ok
# prints: held
import os
import signal
import threading
from attempt import held

fds = [n for n in os.listdir("/proc/self/fd") if int(n) > 2]
if len(fds) > 1:
    print("ESCAPED:", [os.readlink(f"/proc/self/fd/{n}") for n in fds[:-1]])
if len(os.listdir("/proc/self/task")) > 1 or threading.active_count() > 1:
    print("ESCAPED: threads")
for s in (*range(1, 32), *range(34, 65)):
    if signal.getsignal(s) not in (signal.SIG_DFL, signal.SIG_IGN, signal.default_int_handler, None):
        print("ESCAPED:", s, signal.getsignal(s))
if signal.pthread_sigmask(signal.SIG_BLOCK, []):
    print("ESCAPED: signals are blocked")
held()
