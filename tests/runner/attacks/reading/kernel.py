# claim: what the kernel tells of the host and of others is shut
# status: ok
# prints: held
import os
from attempt import call, held, refused

for path in (
    "/proc/kallsyms", "/proc/config.gz", "/proc/cmdline", "/proc/keys", "/proc/key-users", "/proc/partitions", "/proc/interrupts",
    "/proc/modules", "/proc/kmsg", "/proc/sched_debug", "/proc/timer_list", "/proc/locks", "/proc/slabinfo", "/proc/vmallocinfo",
    "/proc/diskstats", "/proc/swaps", "/proc/iomem", "/proc/ioports", "/proc/zoneinfo", "/proc/vmstat", "/proc/schedstat",
    "/proc/cgroups", "/proc/dma", "/proc/execdomains", "/proc/sys/kernel/random/boot_id",
):
    try:
        got = open(path, "rb").read(64)
    except OSError:
        continue
    if got:
        print("ESCAPED:", path, got)
for path in ("/sys", "/proc/pressure", "/proc/sysvipc", "/proc/bus", "/proc/irq", "/proc/driver", "/proc/acpi",
             "/proc/tty", "/proc/sys/fs", "/proc/sys/dev", "/proc/sys/abi", "/proc/sys/debug", "/proc/sys/user"):
    try:
        got = os.listdir(path)
    except OSError:
        continue
    if got:
        print("ESCAPED:", path, got)
refused("syslog", lambda: call(103, 3, bytes(4096), 4096))
held()
