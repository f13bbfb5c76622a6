# claim: a fork bomb ends with its time
# wall: 4000
# status: time_limit
# prints: boom
import os

print("boom")
while True:
    try:
        os.fork()
    except OSError:
        pass
