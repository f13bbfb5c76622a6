# claim: a daemon, forked twice and in a session of its own, dies with its run
# status: ok
# prints: done
# never: survived
import os
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(60)
        print("survived")
    os._exit(0)
print("done")
