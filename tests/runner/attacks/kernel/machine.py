# claim: modules, another kernel, reboot, clock, swap, quota, accounting and names of the machine are shut
# status: ok
# prints: held
import time
from attempt import call, held, refused

for name, number, *args in (
    ("init_module", 175, b"x", 1, b""), ("finit_module", 313, 0, b"", 0), ("delete_module", 176, b"loop", 0),
    ("kexec_load", 246, 0, 0, 0, 0), ("kexec_file_load", 320, 0, 0, 0, b"", 0),
    ("reboot", 169, 0xFEE1DEAD, 672274793, 0x4321FEDC, 0), ("settimeofday", 164, 0, 0), ("clock_settime", 227, 0, bytes(16)),
    ("adjtimex", 159, bytes(208)), ("clock_adjtime", 305, 0, bytes(208)), ("swapon", 167, b"/w/x", 0), ("swapoff", 168, b"/w/x"),
    ("quotactl", 179, 0, 0, 0, 0), ("acct", 163, b"/w/acct"), ("sethostname", 170, b"x", 1), ("setdomainname", 171, b"x", 1),
    ("syslog", 103, 10, 0, 0), ("iopl", 172, 3), ("ioperm", 173, 0, 1, 1), ("vhangup", 153), ("sync", 162), ("syncfs", 306, 0),
):
    refused(name, lambda: call(number, *args))
refused("clock", lambda: time.clock_settime(time.CLOCK_REALTIME, 0))
held()
