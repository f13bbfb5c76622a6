# claim: nobody listens on its loopback, and it has no other interface
# status: ok
# prints: held
import socket
from attempt import held

for port in range(1, 20000):
    s = socket.socket()
    if s.connect_ex(("127.0.0.1", port)) == 0 and s.getsockname() != s.getpeername():
        print("ESCAPED: somebody listens on", port)
    s.close()
interfaces = [line.split(":")[0].strip() for line in open("/proc/net/dev") if ":" in line]
if set(interfaces) - {"lo", "tunl0", "sit0", "ip6tnl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "ip6gre0"}:
    print("ESCAPED:", interfaces)
held()
