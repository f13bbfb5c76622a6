# claim: how it ended is what the kernel says, whatever it prints in the init's own language
# status: runtime_error
# exit: 7
import os
import struct

ended = struct.pack("<I", 29) + b"E" + bytes(28)
for fd in (1, 2):
    os.write(fd, ended * 3 + b"\n")
for fd in range(3, 1024):
    try:
        os.write(fd, ended)
        print("ESCAPED: wrote to", fd)
    except OSError:
        pass
os._exit(7)
