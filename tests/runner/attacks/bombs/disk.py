# claim: what can be written is bounded, wherever it is written
# status: ok
# prints: held
from attempt import held

total = 0
for folder in ("/w", "/tmp", "/dev/shm"):
    f = open(folder + "/bomb", "wb", buffering=0)
    try:
        while total < 160 << 20:
            total += f.write(b"x" * 65536)
    except OSError:
        pass
if total >= 160 << 20:
    print("ESCAPED:", total, "bytes")
held()
