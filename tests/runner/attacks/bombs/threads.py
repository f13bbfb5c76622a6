# claim: threads are counted as processes are
# status: ok
# prints: held
import threading
import time
from attempt import held

n = 0
try:
    while n < 100:
        threading.Thread(target=time.sleep, args=(2,), daemon=True).start()
        n += 1
    print("ESCAPED: a hundred threads")
except RuntimeError:
    held()
