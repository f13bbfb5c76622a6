# claim: who writes into its own input reads what it wrote, and nobody else does
# status: ok
# prints: held
# input: asked
import os
from attempt import held

print(os.read(0, 5).decode())
fd = os.open("/proc/self/fd/0", os.O_WRONLY | os.O_NONBLOCK)
os.write(fd, b"x" * 4096)
held()
