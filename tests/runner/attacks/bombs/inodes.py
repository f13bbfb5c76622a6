# claim: files are few, even empty ones
# status: ok
# prints: held
import os
from attempt import bounded, held


def make(folder):
    names = iter(range(1 << 30))
    return lambda: os.close(os.open(f"{folder}/{next(names)}", os.O_CREAT | os.O_WRONLY))


for folder in ("/w", "/tmp"):
    bounded(folder, make(folder), 4096)
held()
