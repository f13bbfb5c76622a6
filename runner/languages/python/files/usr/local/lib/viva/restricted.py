"""Runs a program with a list of modules and builtins: restricted.py main.py.

A teaching aid: "solve it without the library", and a clear word where somebody reaches for more. It is not what
keeps programs from the machine, and a program that wants to get around it will (through what allowed modules
import, for one): that is what the sandbox around this interpreter is for.

The program's modules get a __builtins__ of their own, whose __import__ knows the list; the standard library keeps the
real one, so what is allowed works as ever. Our own frames are taken out of tracebacks.
"""
import builtins
import importlib.machinery
import io
import os
import sys
import types

WHERE = "not allowed in this room (restricted Python)"

MODULES = set("""
    __future__ abc array bisect calendar cmath collections contextlib copy dataclasses datetime decimal difflib enum
    fractions functools graphlib heapq itertools json keyword math numbers operator pprint queue random re statistics
    string struct textwrap time typing unicodedata unittest
""".split())

# Of these modules only this.
PARTS = {
    io: "BytesIO StringIO TextIOWrapper",
    sys: """argv byteorder exc_info exit float_info get_int_max_str_digits getrecursionlimit getsizeof hexversion
        implementation int_info intern maxsize maxunicode platform set_int_max_str_digits setrecursionlimit stderr
        stdin stdout version version_info""",
}

BUILTINS = """
    __build_class__ __debug__ __doc__ __name__ Ellipsis False None NotImplemented True abs aiter all anext any ascii bin
    bool bytearray bytes callable chr classmethod complex delattr dict dir divmod enumerate exit filter float format
    frozenset getattr hasattr hash hex id input int isinstance issubclass iter len list map max memoryview min next
    object oct ord pow print property quit range repr reversed round set setattr slice sorted staticmethod str sum
    super tuple type zip
""".split()


def part_of(module, names):
    part = types.ModuleType(module.__name__, module.__doc__)
    for name in names.split():
        if hasattr(module, name):
            setattr(part, name, getattr(module, name))

    def absent(name):
        if hasattr(module, name):
            raise AttributeError(f"{module.__name__}.{name} is {WHERE}")
        raise AttributeError(f"module '{module.__name__}' has no attribute '{name}'")

    part.__getattr__ = absent
    return part


def is_own(root):
    """Whether the program brings a module of that name."""
    path = os.path.join(home, root)
    return os.path.isfile(path + ".py") or os.path.isdir(path)


def guarded_import(name, globals=None, locals=None, fromlist=(), level=0):
    root = name.partition(".")[0]
    if level > 0 or root in MODULES or is_own(root):
        return builtins.__import__(name, globals, locals, fromlist, level)
    part = parts.get(name)
    if part is None:
        raise ImportError(f"import of {name} is {WHERE}", name=name)
    for wanted in fromlist or ():
        if wanted != "*" and not hasattr(part, wanted):
            raise ImportError(f"import of {wanted} from {name} is {WHERE}", name=name)
    return part


def refused(name):
    def refuse(*_, **__):
        raise NameError(f"{name} is {WHERE}")

    refuse.__name__ = refuse.__qualname__ = name
    return refuse


def make_builtins():
    allowed = {name: getattr(builtins, name) for name in BUILTINS if hasattr(builtins, name)}
    for name, value in vars(builtins).items():
        if isinstance(value, type) and issubclass(value, BaseException):
            allowed[name] = value
        elif name not in allowed and not name.startswith("_"):
            allowed[name] = refused(name)
    allowed["__import__"] = guarded_import
    return allowed


class Loader(importlib.machinery.SourceFileLoader):
    """Loads a module of the program."""

    def exec_module(self, module):
        module.__dict__["__builtins__"] = guarded
        super().exec_module(module)


def finder(path):
    """Of the folders of the program; the rest of the path is found as ever."""
    if path != home and not path.startswith(home + "/"):
        raise ImportError(path)
    return importlib.machinery.FileFinder(path, (Loader, [".py"]))


def cleaned(trace):
    hidden = {__file__, "<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>"}
    kept = []
    while trace is not None:
        if trace.tb_frame.f_code.co_filename not in hidden:
            kept.append(trace)
        trace = trace.tb_next
    for this, following in zip(kept, kept[1:] + [None]):
        this.tb_next = following
    return kept[0] if kept else None


def tell(kind, error, trace):
    seen, left = set(), [error]
    while left:
        one = left.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        one.__traceback__ = cleaned(one.__traceback__)
        left += [one.__cause__, one.__context__]
    sys.__excepthook__(kind, error, error.__traceback__)


def main_module(path):
    main = types.ModuleType("__main__")
    main.__dict__.update(__file__=path, __builtins__=guarded, __cached__=None, __annotations__={},
                         __loader__=Loader("__main__", path))
    sys.modules["__main__"] = main
    return main


sys.argv = sys.argv[1:]
file = os.path.abspath(sys.argv[0])
home = os.path.dirname(file)
sys.path[0] = home
guarded = make_builtins()
parts = {module.__name__: part_of(module, names) for module, names in PARTS.items()}
sys.path_hooks.insert(0, finder)
sys.excepthook = tell
this = sys.modules["__main__"]
with open(file, "rb") as source:
    code = compile(source.read(), file, "exec", dont_inherit=True)
exec(code, main_module(file).__dict__)
