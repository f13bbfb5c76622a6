# claim: /dev has what programs need, and no device of the host
# status: ok
# prints: held
import os
import stat
from attempt import held

known = {(1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 2)}
for d, _, files in os.walk("/dev"):
    for name in files:
        s = os.lstat(f"{d}/{name}")
        if stat.S_ISBLK(s.st_mode) or stat.S_ISCHR(s.st_mode) and (os.major(s.st_rdev), os.minor(s.st_rdev)) not in known:
            print("ESCAPED:", d, name)
held()
