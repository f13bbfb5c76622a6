# claim: bytes that wait in sockets are bounded: TCP over its own loopback cannot eat the host's share
# wall: 12000
# status: ok time_limit memory_limit
import os
import socket
import time

r, w = os.pipe()
for child in range(10):
    if os.fork() == 0:
        server = socket.socket()
        server.bind(("127.0.0.1", 0))
        server.listen(100)
        total, keep = 0, []
        try:
            for i in range(50):
                c = socket.socket()
                c.connect(server.getsockname())
                keep += [c, server.accept()[0]]
                c.setblocking(False)
                try:
                    while True:
                        total += c.send(b"x" * 65536)
                except BlockingIOError:
                    pass
        except OSError:
            pass
        os.write(w, b"%d\n" % total)
        time.sleep(20)
os.close(w)
sums = 0
for line in os.fdopen(r):
    sums += int(line)
    if sums > 96 << 20:
        print("ESCAPED:", sums, "bytes in socket buffers")
