# claim: output ends at its limit, over both streams together
# status: output_limit
import os

while True:
    os.write(1, b"o" * 4096)
    os.write(2, b"e" * 4096)
