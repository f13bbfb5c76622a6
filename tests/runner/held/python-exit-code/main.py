import os
print("unflushed", end="")
raise SystemExit(77)
