# claim: what the runner mounted for its init is shut: not to be listed, started, connected to, written
# status: ok
# prints: held
import os
import socket
from attempt import held, refused

refused("list", lambda: os.listdir("/.viva"))
refused("start", lambda: os.execv("/.viva/init", ["init"]))
refused("connect", lambda: socket.socket(socket.AF_UNIX).connect("/.viva/s"))
refused("write", lambda: open("/.viva/x", "w"))
refused("link", lambda: os.link("/.viva/init", "/w/init"))
refused("change", lambda: os.chmod("/.viva", 0o777))
refused("remove", lambda: os.unlink("/.viva/init"))
held()
