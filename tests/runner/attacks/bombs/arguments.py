# claim: arguments and environment of megabytes are refused by the kernel, and nothing falls over
# status: ok
# prints: held
import os
from attempt import held, refused

refused("one argument", lambda: os.execv("/bin/true", ["true", "x" * (4 << 20)]))
refused("many", lambda: os.execve("/bin/true", ["true"], {str(i): "x" * 100000 for i in range(1000)}))
held()
