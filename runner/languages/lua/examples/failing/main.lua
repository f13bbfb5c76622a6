print("so far, so good")
io.stdout:flush()
error("this one is meant to fail")
