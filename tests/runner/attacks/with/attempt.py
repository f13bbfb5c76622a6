"""attempt.py - what attacks in Python are written with: tries that ought to fail, and saying so where they did not."""
import ctypes
import errno
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def call(number, *args):
    """A system call by its number; OSError where the kernel refuses."""
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in args])
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def refused(name, f, *errors):
    """f() must raise OSError: one of these, if any are given."""
    try:
        got = f()
    except OSError as e:
        if errors and e.errno not in errors:
            print("ESCAPED:", name, "was refused for another reason:", errno.errorcode.get(e.errno, e.errno))
    else:
        print("ESCAPED:", name, repr(got)[:200])


def bounded(name, f, most):
    """Calls f until it is refused: at most so often."""
    n = 0
    try:
        while n <= most:
            f()
            n += 1
    except OSError:
        pass
    if n > most:
        print("ESCAPED:", name, "more than", most)
    return n


def held():
    print("held", flush=True)
