import os, sys
sys.stdout.write("lost?")
os._exit(5)
