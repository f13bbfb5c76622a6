# claim: sockets are of the families unix, inet and inet6, and of no other, by whatever type
# status: ok
# prints: held
import socket
from attempt import held

for family in [*range(0, 64), 128, 255, 65536 + 16]:
    for kind in (1, 2, 3, 4, 5, 6, 10):
        for make in (socket.socket, socket.socketpair):
            try:
                made = make(family, kind)
            except (OSError, ValueError):
                continue
            if family not in (1, 2, 10) or kind in (3, 10) and family != 1:
                print("ESCAPED: family", family, "type", kind, made)
held()
