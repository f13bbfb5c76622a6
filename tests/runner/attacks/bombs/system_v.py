# claim: queues, semaphores and segments of System V are memory of the run
# wall: 8000
# status: ok memory_limit time_limit
import ctypes
import errno
from attempt import call, held

message = ctypes.create_string_buffer(b"\1\0\0\0\0\0\0\0" + b"x" * 8000)
total = 0
try:
    while total < 400 << 20:
        queue = call(68, 0, 0o1600)
        try:
            while True:
                call(69, queue, message, 8000, 0o4000)
                total += 8000
        except OSError as e:
            if e.errno != errno.EAGAIN:
                raise
except OSError:
    pass
if total >= 400 << 20:
    print("ESCAPED:", total, "bytes in queues")
held()
