# claim: a file that is all holes is no larger than others may be
# status: ok
# prints: held
import os
import signal
from attempt import held, refused

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
f = os.open("/w/sparse", os.O_CREAT | os.O_RDWR)
refused("truncate", lambda: os.ftruncate(f, 1 << 40))
refused("fallocate", lambda: os.posix_fallocate(f, 0, 1 << 30))
refused("seek and write", lambda: os.pwrite(f, b"x", 1 << 40))
held()
