# claim: folders in folders in folders end with the files there may be, and their removal is nobody's burden
# status: ok
# prints: held
import os
from attempt import bounded, held


def deeper():
    os.mkdir("d" * 200)
    os.chdir("d" * 200)


bounded("deep", deeper, 4096)
held()
