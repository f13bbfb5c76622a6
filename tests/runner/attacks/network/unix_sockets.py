# claim: the sockets of the host's services are not there
# status: ok
# prints: held
import socket
from attempt import held, refused

for path in (
    "/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/systemd/private", "/dev/log",
    "/run/viva/state/run/redis.sock", "/run/viva/state/run/pg/.s.PGSQL.5432", "/run/dbus/system_bus_socket", "/.viva/s",
):
    refused(path, lambda: socket.socket(socket.AF_UNIX).connect(path))
held()
