"""Holds an interpreter that was started ahead of its program: see runner/init/hold.h.

site imports this last, before the main file is looked at. It leaves nothing behind: to the program, and to site,
there is no such module.
"""
import os

door = os.environ.pop("VIVA_HOLD", None)
if door is not None:
    os.write(int(door), b".")
    os.read(int(door), 1)
    os.close(int(door))
raise ImportError(name="usercustomize")
