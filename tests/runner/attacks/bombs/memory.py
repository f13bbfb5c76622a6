# claim: who takes more memory than there is is told so
# status: memory_limit
# prints: before
print("before")
a = []
while True:
    a.append("x" * 1000000)
