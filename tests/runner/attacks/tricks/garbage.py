# claim: bytes that are no text are shown as such, and the end is told
# status: ok
# prints: held
import os
import random

r = random.Random(1)
for i in range(50):
    os.write(1 + i % 2, r.randbytes(r.randrange(1, 2000)))
os.write(1, b"\xf0\x9f\n\xe2\x82\n\xff\xfe\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\nheld\n\xf0\x9f\x98")
