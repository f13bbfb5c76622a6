# claim: the program's own end counts, not that of its children
# status: runtime_error
# exit: 3
import os

if os.fork() == 0:
    os._exit(0)
os.wait()
os._exit(3)
