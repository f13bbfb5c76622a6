# Modules of a name that the interpreter looks for while it starts: a program's own are found only if it asks.
import site, sys
print(site.ENABLE_USER_SITE, site.USER_SITE, site.USER_BASE)
print("usercustomize" in sys.modules)
import usercustomize
print(usercustomize.__file__)
