# claim: a storm of signals at everybody within reach leaves the init where it is
# status: ok
# prints: held
import os
import signal
from attempt import held

children = []
for i in range(20):
    pid = os.fork()
    if pid == 0:
        signal.pause()
    children.append(pid)
for s in (*range(1, 32), *range(34, 65)):
    for target in (1, -1):
        if target == -1 and s not in (0, signal.SIGUSR1, signal.SIGTERM, signal.SIGKILL):
            continue
        try:
            os.kill(target, s)
        except OSError:
            pass
for pid in children:
    os.waitpid(pid, 0)
held()
