# claim: a socket's protocol is TCP or UDP: no other makes the kernel load a module
# status: ok
# prints: held
import socket
from attempt import held

for family in (socket.AF_INET, socket.AF_INET6):
    for kind in (1, 2, 5, 6):
        for protocol in [*range(1, 256), 262, 1 << 16]:
            try:
                socket.socket(family, kind, protocol)
            except OSError:
                continue
            if (kind, protocol) not in ((1, 6), (2, 17)):
                print("ESCAPED: type", kind, "protocol", protocol)
held()
