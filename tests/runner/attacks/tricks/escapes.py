# claim: escapes that would drive a terminal are text
# status: ok
# prints: held
import sys

sys.stdout.write("\x1b]0;title\x07\x1b[2J\x1b[?1049h\x1b]52;c;cm0gLXJm\x07\x1bP$q\x1b\\\x1b[6n\x9b31m\x1b]8;;javascript:alert(1)\x07x\x1b]8;;\x07\n")
sys.stdout.write("<script>alert(1)</script><img src=x onerror=alert(1)>\u202e\u2066\ufeff\n")
print("held")
