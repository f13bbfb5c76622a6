# claim: nothing outside can be reached, by no protocol
# status: ok
# prints: held
import socket
from attempt import held, refused

for where in ("1.1.1.1", "169.254.169.254", "172.17.0.1", "10.0.0.1", "192.168.0.1", "255.255.255.255", "224.0.0.1"):
    refused("tcp " + where, lambda: socket.create_connection((where, 80), 2))
    refused("udp " + where, lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", (where, 53)))
for where in ("2606:4700:4700::1111", "fe80::1%lo", "ff02::1"):
    refused("tcp6 " + where, lambda: socket.create_connection((where, 80), 2))
refused("name", lambda: socket.getaddrinfo("example.org", 80))
held()
