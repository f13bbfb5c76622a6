import ctypes, faulthandler
print(faulthandler.is_enabled())
ctypes.string_at(0)
