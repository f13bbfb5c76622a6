# claim: calls that made the news in exploits are shut
# status: ok
# prints: held
import ctypes
from attempt import call, held, refused

for name, number, *args in (
    ("modify_ldt", 154, 0, 0, 0), ("personality", 135, 0x0040000), ("vmsplice", 278, 1, 0, 0, 0), ("mq_open", 240, b"x", 0o102, 0o600, 0),
    ("move_pages", 279, 0, 0, 0, 0, 0, 0), ("migrate_pages", 256, 0, 0, 0, 0), ("mbind", 237, 0, 0, 0, 0, 0, 0), ("set_mempolicy", 238, 0, 0, 0),
    ("process_mrelease", 448, 0, 0), ("quotactl_fd", 443, 0, 0, 0, 0), ("landlock", 444, 0, 0, 1), ("set_mempolicy_home_node", 450, 0, 0, 0, 0),
    ("uselib", 134, b"/w/x"), ("nfsservctl", 180), ("ustat", 136, 0, 0), ("sysfs", 139, 3), ("_sysctl", 156, 0), ("rseq twice", 334, 0, 0, 0, 0),
):
    refused(name, lambda: call(number, *args))
held()
