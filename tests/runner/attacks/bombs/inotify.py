# claim: inotify instances end before the user's share of the kernel does
# status: ok memory_limit
import os
from attempt import bounded, call, held

bounded("inotify", lambda: call(253), 512)
held()
