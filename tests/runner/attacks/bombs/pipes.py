# claim: the buffers of pipes are memory of the run
# status: ok memory_limit
# never: 1000 MiB
import fcntl
import os
from attempt import held

total = 0
for child in range(8):
    if os.fork() == 0:
        while True:
            try:
                r, w = os.pipe2(os.O_NONBLOCK)
                try:
                    fcntl.fcntl(w, 1031, 1 << 20)
                except OSError:
                    pass
                while True:
                    total += os.write(w, b"x" * 65536)
                    if total > 400 << 20:
                        print("ESCAPED: 400 MiB in pipes of one process")
                        os._exit(1)
            except BlockingIOError:
                continue
            except OSError:
                break
        os._exit(0)
while True:
    try:
        os.wait()
    except ChildProcessError:
        break
held()
