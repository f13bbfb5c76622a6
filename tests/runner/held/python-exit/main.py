import atexit, sys, threading, time
atexit.register(print, "last")
atexit.register(print, "first")
threading.Thread(target=lambda: (time.sleep(0.2), print("thread"))).start()
print("main")
sys.exit("with a reason")
