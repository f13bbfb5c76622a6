# claim: nobody stands behind the program: no frame of a host, no object of a job, no module that a bare start lacks
# status: ok
# prints: held
import gc
import sys
from attempt import held

frame = sys._getframe()
while frame.f_back:
    frame = frame.f_back
    if frame.f_code.co_filename.startswith(("/usr/local", "/.viva")):
        print("ESCAPED: a frame of", frame.f_code.co_filename)
for name in sys.modules:
    if any(word in name for word in ("viva", "hold", "zygote")):
        print("ESCAPED: the module", name)
for thing in gc.get_objects():
    if type(thing).__module__ in ("viva", "hold", "sitecustomize", "zygote"):
        print("ESCAPED:", type(thing))
if sys.argv != ["/w/main.py"] and sys.argv != ["main.py"]:
    print("ESCAPED: arguments", sys.argv)
held()
