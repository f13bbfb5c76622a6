# claim: of the init nothing can be read: not its memory, its environment, its descriptors, its files
# status: ok
# prints: held
import os
from attempt import held, refused

for name in (
    "environ", "mem", "maps", "smaps", "numa_maps", "pagemap", "auxv", "stack", "syscall", "io", "personality",
    "clear_refs",
):
    for path in (f"/proc/1/{name}", f"/proc/1/task/1/{name}"):
        if os.path.exists(path):
            refused(path, lambda: os.read(os.open(path, os.O_RDONLY), 1) or 1 / 0 if name != "auxv" else open(path, "rb").read(1))
for name in ("fd", "fdinfo", "map_files", "ns"):
    refused(name, lambda: [os.readlink(f"/proc/1/{name}/{n}") for n in os.listdir(f"/proc/1/{name}")])
for name in ("root", "cwd", "exe"):
    refused(name, lambda: os.readlink(f"/proc/1/{name}"))
refused("open root", lambda: os.open("/proc/1/root", os.O_PATH | os.O_DIRECTORY))
refused("stat root", lambda: os.listdir("/proc/1/root/"))
for path in ("/proc/1/oom_score_adj", "/proc/1/mem", "/proc/1/comm", "/proc/1/attr/current", "/proc/1/autogroup", "/proc/1/timerslack_ns"):
    refused("write " + path, lambda: os.write(os.open(path, os.O_WRONLY), b"1"))
held()
