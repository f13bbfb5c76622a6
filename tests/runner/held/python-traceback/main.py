import helper

class Failed(Exception):
    pass

def outer(n):
    try:
        return helper.inner(n)
    except ZeroDivisionError as e:
        raise Failed(f"cannot: {n}") from e

outer(3)
