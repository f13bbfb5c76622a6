# claim: a crash leaves no core, not even by way of a helper of the host
# status: ok
# prints: held
import os
import resource
from attempt import held

os.chdir("/w")
if os.fork() == 0:
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (1 << 30, 1 << 30))
        print("ESCAPED: cores have no limit")
    except (ValueError, OSError):
        pass
    os.abort()
_, status = os.wait()
if os.WCOREDUMP(status) or [n for n in os.listdir("/w") if "core" in n]:
    print("ESCAPED: a core")
held()
