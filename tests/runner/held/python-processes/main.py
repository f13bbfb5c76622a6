import multiprocessing, os, subprocess, sys

def work(n):
    return n * n, __name__

if __name__ == "__main__":
    for how in ("fork", "spawn"):
        with multiprocessing.get_context(how).Pool(2) as pool:
            print(how, pool.map(work, range(4)))
    code = "import os, sys; print(sys.argv, sys.flags, list(sys.modules), list(os.environ.items()))"
    print(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True))
    print(subprocess.run(["env"], capture_output=True, text=True).stdout)
    print(subprocess._args_from_interpreter_flags())
