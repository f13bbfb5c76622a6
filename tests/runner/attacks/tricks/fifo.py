# claim: a FIFO can be made, and in the place of its file holds up nobody but itself
# wall: 1000
# status: time_limit
import os

os.unlink("/w/main.py")
os.mkfifo("/w/main.py")
open("/w/main.py").read()
