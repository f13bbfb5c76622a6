# claim: the host's files are not there
# status: ok
# prints: held
import os
from attempt import held, refused

for path in (
    "/etc/shadow", "/etc/gshadow", "/root", "/var/lib/docker", "/var/lib/containerd", "/run/viva", "/work",
    "/proc/1/root/etc/shadow", "/etc/ssl/private/key", "/var/lib/postgresql", "/etc/ssh/ssh_host_ed25519_key",
    "/boot/vmlinuz", "/lib/modules", "/var/log/syslog", "/proc/kcore", "/dev/mem", "/dev/kmsg", "/dev/vda", "/dev/sda",
):
    refused(path, lambda: os.listdir(path) if os.path.isdir(path) else os.open(path, os.O_RDONLY))
held()
