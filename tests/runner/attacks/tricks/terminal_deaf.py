# claim: who makes its terminal deaf and stays is ended by its time
# terminal: yes
# wall: 1500
# status: time_limit
import os
import signal
import termios
import time

a = termios.tcgetattr(0)
a[3] &= ~(termios.ISIG | termios.ICANON | termios.ECHO)
termios.tcsetattr(0, termios.TCSANOW, a)
for s in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGTTOU):
    signal.signal(s, signal.SIG_IGN)
termios.tcflow(0, termios.TCOOFF)
while True:
    time.sleep(1)
