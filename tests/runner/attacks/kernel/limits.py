# claim: limits go down, never up, and not for others
# status: ok
# prints: held
import os
import resource
from attempt import call, held, refused

for name in ("CORE", "FSIZE", "NOFILE", "STACK", "MEMLOCK", "MSGQUEUE", "SIGPENDING", "NICE", "RTPRIO"):
    which = getattr(resource, "RLIMIT_" + name)
    soft, hard = resource.getrlimit(which)
    if hard == resource.RLIM_INFINITY:
        print("ESCAPED:", name, "has no limit")
    try:
        resource.setrlimit(which, (hard + 1, hard + 1))
        print("ESCAPED:", name, "was raised")
    except (ValueError, OSError):
        pass
refused("of the init", lambda: resource.prlimit(1, resource.RLIMIT_NOFILE, (1, 1)))
refused("nice", lambda: os.setpriority(os.PRIO_PROCESS, 0, -1))
refused("nice of the init", lambda: os.setpriority(os.PRIO_PROCESS, 1, 19))
for policy in (os.SCHED_FIFO, os.SCHED_RR):
    refused("real time", lambda: os.sched_setscheduler(0, policy, os.sched_param(1)))
refused("affinity of the init", lambda: os.sched_setaffinity(1, {0}))
refused("ioprio", lambda: call(251, 1, 0, 1 << 13))
refused("locked memory", lambda: call(151, 3))
held()
