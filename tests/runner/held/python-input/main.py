import sys
name = input("name? ")
print("hello", name)
print([line for line in sys.stdin])
try:
    input()
except EOFError as e:
    print(repr(e))
