# claim: descriptors are bounded, and the bound cannot be raised
# status: ok
# prints: held
import os
import resource
from attempt import bounded, held

try:
    resource.setrlimit(resource.RLIMIT_NOFILE, (1 << 20, 1 << 20))
    print("ESCAPED: the limit was raised")
except (ValueError, OSError):
    pass
bounded("descriptors", lambda: os.open("/dev/null", os.O_RDONLY), 1024)
held()
