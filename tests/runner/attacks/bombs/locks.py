# claim: locks are memory of the run, and locks on files of the image are its own
# wall: 5000
# status: ok memory_limit time_limit
# prints: held
import fcntl
import os
from attempt import held

image = os.open("/usr/bin/python3", os.O_RDONLY)
fcntl.flock(image, fcntl.LOCK_EX)
held()
f = os.open("/w/locks", os.O_CREAT | os.O_RDWR)
for i in range(200000):
    fcntl.lockf(f, fcntl.LOCK_EX, 1, 2 * i)
