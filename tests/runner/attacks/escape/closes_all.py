# claim: who closes its descriptors and stays is ended by its time
# wall: 1000
# status: time_limit
import os
import time

os.closerange(0, 1024)
time.sleep(60)
