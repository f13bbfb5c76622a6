# claim: who ends with 137 was not killed, and is not said to have been
# status: runtime_error
# exit: 137
import os

os._exit(137)
