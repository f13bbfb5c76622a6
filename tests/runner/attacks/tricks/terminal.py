# claim: at a terminal: nothing can be typed in another's name, and no line discipline loaded
# terminal: yes
# status: ok
# prints: held
import array
import fcntl
import os
import termios
from attempt import held, refused

refused("TIOCSTI", lambda: fcntl.ioctl(0, termios.TIOCSTI, b"x"))
refused("TIOCLINUX", lambda: fcntl.ioctl(0, 0x541C, b"\x02"))
refused("TIOCCONS", lambda: fcntl.ioctl(0, 0x541D))
for discipline in range(1, 30):
    refused(f"TIOCSETD {discipline}", lambda: fcntl.ioctl(0, 0x5423, array.array("i", [discipline])))
refused("another", lambda: os.open("/dev/ptmx", os.O_RDWR))
os.write(os.open("/dev/tty", os.O_RDWR), b"mine\n")
held()
