# claim: the environment is built from nothing: no secret, no nonce, nothing of the host's
# status: ok
# prints: held
import os
from attempt import held

known = {
    "HOME", "LANG", "LOGNAME", "PATH", "USER", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "LC_CTYPE", "PWD", "TERM",
}
for name in os.environ:
    if name not in known and not name.startswith("PYTHON"):
        print("ESCAPED:", name, os.environ[name])
if os.uname().nodename != "viva":
    print("ESCAPED:", os.uname().nodename)
held()
