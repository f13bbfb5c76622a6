# claim: what the table of mounts tells of the host are names, and none of them leads anywhere
# status: ok
# prints: held
import os
import re
from attempt import held, refused

lines = open("/proc/self/mountinfo").read().splitlines()
named = set()
for line in lines:
    ours, theirs = line.split(" - ")
    root = ours.split()[3]
    if root.count("/") > 2:
        named.add(root)
    for path in re.findall(r"(?:lower|upper|work)dir=([^,]+)", theirs):
        named.update(part for part in path.split(":") if part.startswith("/"))
if not named:
    print("ESCAPED: this test looks for nothing:", lines)
for path in named:
    refused(path, lambda: os.stat(path))
    refused("/proc/1/root" + path, lambda: os.stat("/proc/1/root" + path))
held()
