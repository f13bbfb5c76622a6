# claim: extended attributes are bounded like files
# wall: 8000
# status: ok memory_limit time_limit
import os
from attempt import held

open("/w/f", "w").close()
total = 0
try:
    for i in range(100000):
        os.setxattr("/w/f", f"user.{i}", b"x" * 60000)
        total += 60000
        if total > 300 << 20:
            print("ESCAPED:", total, "bytes in attributes")
            break
except OSError:
    pass
held()
