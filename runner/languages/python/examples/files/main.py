from numbers_ import twice

print(twice(21))
