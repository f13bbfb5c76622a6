print("so far, so good")
raise ValueError("this one is meant to fail")
