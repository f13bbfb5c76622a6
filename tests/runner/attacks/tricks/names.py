# claim: files with names that are no text, dots, lines and options trip nobody
# status: ok
# prints: held
import os
from attempt import held

for name in (b"\xff\xfe", b"-rf", b"--help", b"a\nb", b"...", b" ", b"*", b"$(id)", b"\x1b[2J", b"x" * 255):
    os.close(os.open(b"/w/" + name, os.O_CREAT | os.O_WRONLY))
    os.mkdir(b"/tmp/" + name)
held()
