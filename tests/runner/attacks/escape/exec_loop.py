# claim: a shell that calls itself without end comes to one
# wall: 1500
# status: time_limit runtime_error
import os

open("/w/again", "w").write("#!/bin/sh\n(exec /bin/sh /w/again) &\nexec /bin/sh /w/again\n")
os.execv("/bin/sh", ["sh", "/w/again"])
