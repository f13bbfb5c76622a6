# claim: the parent of a program is not to be killed, by whatever signal or call
# status: ok
# prints: held
import os
import signal
from attempt import call, held, refused

for s in (signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV, signal.SIGSTOP, signal.SIGCHLD):
    refused(str(s), lambda: os.kill(os.getppid(), s))
    refused(str(s), lambda: os.kill(1, s))
refused("queue", lambda: call(129, 1, 9, bytes(128)))
refused("group", lambda: os.killpg(1, signal.SIGKILL))
held()
