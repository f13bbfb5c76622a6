/*
 * walls.test.mjs - programs that mean harm: what they can reach, and what becomes of the runs after them.
 */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { waitFor } from "../lib/api.mjs";
import { language } from "./host.mjs";
import { javascript, python, run } from "./sandbox.mjs";

/* A Python program that tries each of these and prints "name: result" or "name: the error's name". */
const attempts = (lines) => `
import os, socket, ctypes, errno, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(*a):
    r = libc.syscall(*a)
    if r < 0: raise OSError(ctypes.get_errno(), "")
    return r
def attempt(name, f):
    try: print(name + ":", f())
    except OSError as e: print(name + ":", errno.errorcode.get(e.errno, e.errno))
${lines.map(([name, code]) => `attempt(${JSON.stringify(name)}, lambda: ${code})`).join("\n")}
`;

async function results(lines) {
  const done = await python(attempts(lines));
  assert.equal(done.status, "ok", done.stderr);
  return Object.fromEntries(done.stdout.trim().split("\n").map((line) => line.split(": ", 2)));
}

const REFUSED = /^(EPERM|EACCES|ENOSYS|EROFS|EAFNOSUPPORT|ENOENT|ENETUNREACH|ESRCH|EINVAL|EPROTONOSUPPORT)$/;

test("no network of any family", async () => {
  const all = await results([
    ["tcp", 'socket.create_connection(("1.1.1.1", 80), 2)'],
    ["udp", 'socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("8.8.8.8", 53))'],
    ["tcp6", 'socket.socket(socket.AF_INET6).connect(("2606:4700:4700::1111", 80))'],
    ["metadata", 'socket.create_connection(("169.254.169.254", 80), 2)'],
    ["raw", "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)"],
    ["netlink", "socket.socket(16, socket.SOCK_RAW)"],
    ["packet", "socket.socket(17, socket.SOCK_RAW)"],
    ["vsock", "socket.socket(40, socket.SOCK_STREAM)"],
    ["alg", "socket.socket(38, socket.SOCK_SEQPACKET)"],
    ["bluetooth", "socket.socket(31, socket.SOCK_RAW)"],
  ]);
  for (const [name, said] of Object.entries(all)) assert.match(said, REFUSED, name);
  const node = await javascript("fetch('http://1.1.1.1/').then((r) => console.log('in', r.status), (e) => console.log('out'))");
  assert.equal(node.stdout, "out\n");
});

test("its own loopback works, and nobody else is there", async () => {
  const done = await python(`
import socket, threading
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
threading.Thread(target=lambda: s.accept()[0].sendall(b"hi")).start()
print(socket.create_connection(s.getsockname()).recv(2).decode())
open_ports = []
for port in (22, 80, 5432, 6379, 8080):
    try: socket.create_connection(("127.0.0.1", port), 0.5); open_ports.append(port)
    except OSError: pass
print(open_ports)
`);
  assert.equal(done.stdout, "hi\n[]\n", done.stderr);
});

test("nothing can be written but its own folders, and those hold only so much", async () => {
  const write = (path) => [path, `open(${JSON.stringify(path)}, "a").write("x")`];
  const all = await results([
    "/x", "/etc/passwd", "/usr/bin/x", "/.viva/x", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger",
    "/sys/kernel/uevent_helper", "/dev/x", "/proc/1/oom_score_adj", "/w/ok", "/tmp/ok", "/dev/shm/ok",
  ].map(write));
  for (const [path, said] of Object.entries(all)) {
    if (path.endsWith("/ok")) assert.equal(said, "1", path);
    else assert.match(said, REFUSED, path);
  }
  const full = await python("f = open('/tmp/x', 'wb')\ntry:\n    while True: f.write(b'x' * 65536)\nexcept OSError as e: print(e.strerror)");
  assert.match(full.stdout, /No space left|File too large/);
  const inodes = await python("n = 0\ntry:\n    while True: open(f'/w/{n}', 'w'); n += 1\nexcept OSError as e: print(n, e.strerror)");
  assert.match(inodes.stdout, /^[34]\d\d\d No space left/);
});

test("it is nobody, and cannot become anybody", async () => {
  const all = await results([
    ["uid", "os.getuid() >= 10000 and os.getgid() >= 10000 and os.getgroups()"],
    ["caps", "[l.split()[1] for l in open('/proc/self/status') if l.startswith('Cap')]"],
    ["nnp", "[l.split()[1] for l in open('/proc/self/status') if l.startswith(('NoNewPrivs', 'Seccomp:'))]"],
    ["setuid", "os.setuid(0)"], ["setgroups", "os.setgroups([0])"], ["setresuid", "os.setresuid(0, 0, 0)"],
    ["chroot", "os.chroot('/tmp')"], ["chown", "os.chown('/w', 0, 0)"], ["mknod", "os.mknod('/w/d', 0o20666, 259)"],
    ["nice", "os.setpriority(os.PRIO_PROCESS, 0, -5)"],
    ["setid", "[f for d, _, n in os.walk('/') if not d.startswith('/proc') for f in n if os.lstat(d + '/' + f).st_mode & 0o6000]"],
  ]);
  assert.equal(all.uid, "[]");
  assert.equal(all.caps, `[${Array(5).fill("'0000000000000000'").join(", ")}]`);
  assert.equal(all.nnp, "['1', '2']");
  assert.equal(all.setid, "[]");
  for (const name of ["setuid", "setgroups", "setresuid", "chroot", "chown", "mknod", "nice"]) assert.match(all[name], REFUSED, name);
});

test("the kernel's dangerous doors are shut", async () => {
  const all = await results([
    ["mount", "call(165, b'x', b'/w', b'tmpfs', 0, 0)"], ["umount", "call(166, b'/w', 0)"],
    ["unshare user", "call(272, 0x10000000)"], ["clone user", "call(56, 0x10000011, 0, 0, 0, 0)"],
    ["clone3", "call(435, 0, 0)"], ["setns", "call(308, 0, 0)"], ["pivot_root", "call(155, b'/', b'/')"],
    ["ptrace", "call(101, 0, 0, 0, 0)"], ["process_vm_readv", "call(310, 1, 0, 0, 0, 0, 0)"],
    ["bpf", "call(321, 0, 0, 0)"], ["perf", "call(298, 0, 0, -1, -1, 0)"], ["io_uring", "call(425, 8, 0)"],
    ["keyctl", "call(250, 0, 0)"], ["add_key", "call(248, 0, 0, 0, 0, 0)"], ["userfaultfd", "call(323, 0)"],
    ["kexec", "call(246, 0, 0, 0, 0)"], ["init_module", "call(175, 0, 0, b'')"], ["reboot", "call(169, 0, 0, 0, 0)"],
    ["settime", "call(227, 0, 0)"], ["syslog", "call(103, 3, 0, 0)"], ["modify_ldt", "call(154, 0, 0, 0)"],
    ["open_by_handle", "call(304, 0, 0, 0)"], ["fsopen", "call(430, b'tmpfs', 0)"], ["pidfd_getfd", "call(438, 0, 0, 0)"],
    ["fanotify", "call(300, 0, 0)"], ["personality", "call(135, 0x0040000)"], ["kcmp", "call(312, 1, 1, 0, 0, 0)"],
    ["memfd_secret", "call(447, 0)"], ["quotactl", "call(179, 0, 0, 0, 0)"], ["swapon", "call(167, b'/w/x', 0)"],
    ["mq_open", "call(240, b'x', 0o102, 0o600, 0)"], ["vmsplice", "call(278, 1, 0, 0, 0)"],
  ]);
  for (const [name, said] of Object.entries(all)) assert.match(said, /^(EPERM|ENOSYS)$/, name);
});

test("another architecture's system calls end it", async () => {
  /* mov eax, 20 (getpid); int 0x80; ret: the 32-bit door. */
  const door = await python(`
import ctypes, mmap
m = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
m.write(bytes([0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0xc3]))
print("through", ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))())
`);
  assert.deepEqual([door.status, door.signal, door.stdout], ["runtime_error", 31, ""]);
  const x32 = await python("import ctypes\nprint('through', ctypes.CDLL(None).syscall(0x40000000 + 39))");
  assert.deepEqual([x32.status, x32.signal, x32.stdout], ["runtime_error", 31, ""]);
});

test("the init, the host and other runs are not to be seen", async () => {
  const read = (path) => [path, `os.listdir(${JSON.stringify(path)}) if os.path.isdir(${JSON.stringify(path)}) else open(${JSON.stringify(path)}, "rb").read()`];
  const secret = ["/proc/1/environ", "/proc/1/mem", "/proc/1/fd", "/proc/1/maps", "/proc/1/root", "/proc/1/cwd", "/.viva", "/root", "/etc/shadow"];
  const empty = ["/proc/kallsyms", "/proc/config.gz", "/proc/cmdline", "/proc/keys", "/proc/partitions", "/sys", "/proc/interrupts"];
  const all = await results([
    ...[...secret, ...empty].map(read),
    ["kill", "os.kill(1, 9)"], ["term", "os.kill(1, 15)"], ["renice", "os.setpriority(os.PRIO_PROCESS, 1, 19)"],
    ["affinity", "os.sched_setaffinity(1, {0})"], ["prlimit", "call(302, 1, 7, (ctypes.c_uint64 * 2)(1, 1), 0)"],
    ["connect", 'socket.socket(socket.AF_UNIX).connect("/.viva/s")'],
    ["pids", "sorted(int(p) for p in os.listdir('/proc') if p.isdigit())[0]"],
    ["others", "len([p for p in os.listdir('/proc') if p.isdigit()])"],
    ["host", "socket.gethostname()"],
    ["env", "sorted(os.environ)"],
    ["descriptors", "sorted(os.listdir('/proc/self/fd'))[:3] + [str(len(os.listdir('/proc/self/fd')))]"],
    ["cgroup", "len([l for l in open('/proc/self/cgroup') if len(l.strip().split(':')[2]) > 1])"],
  ]);
  for (const path of secret) assert.match(all[path], REFUSED, path);
  for (const path of empty) assert.match(all[path], /^(b''|\[\]|EACCES|EPERM|ENOENT)$/, path);
  for (const name of ["kill", "term", "renice", "affinity", "prlimit", "connect"]) assert.match(all[name], REFUSED, name);
  assert.equal(all.host, "viva");
  assert.equal(all.others, "2", "the init and itself");
  assert.equal(all.cgroup, "0", "the names of cgroups are hidden");
  assert.equal(all.descriptors, "['0', '1', '2', '4']", "0, 1, 2 and the folder that is read");
  assert.doesNotMatch(all.env, /NONCE/);
});

test("a fork bomb ends with its time, and the next run notices nothing", async () => {
  const bomb = await python("import os\nprint('boom')\nwhile True:\n    try: os.fork()\n    except OSError: pass", { wall_ms: 4000 });
  assert.deepEqual([bomb.status, bomb.stdout], ["time_limit", "boom\n"]);
  assert.ok(bomb.wall_ms < 12_000, `stopped after ${bomb.wall_ms} ms`);
  const next = await python("print('fine')");
  assert.deepEqual([next.status, next.stdout], ["ok", "fine\n"]);
});

test("processes and threads are few", async () => {
  const done = await python(`
import threading, time
n = 0
try:
    while True:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start(); n += 1
except RuntimeError: print(n)
`);
  assert.ok(Number(done.stdout) >= 32 && Number(done.stdout) <= 64, done.stdout);
});

test("what a program leaves running dies with it, at once", async () => {
  const done = await python(`
import os, time, signal
if os.fork() == 0:
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(60)
    print("survived")
print("done")
`);
  assert.deepEqual([done.status, done.stdout], ["ok", "done\n"]);
  assert.ok(done.wall_ms < 40_000, "it was not waited for");
});

test("zombies and orphans are buried", async () => {
  const done = await python(`
import os
for i in range(500):
    pid = os.fork()
    if pid == 0:
        if os.fork() == 0: os._exit(0)
        os._exit(0)
    os.waitpid(pid, 0)
print("buried")
`);
  assert.deepEqual([done.status, done.stdout], ["ok", "buried\n"], done.stderr);
});

test("one run leaves nothing for the next", async () => {
  const plant = await python(`
import os
for d in ("/w", "/tmp", "/dev/shm"): open(d + "/left", "w").write("secret")
print(os.getpid())
`);
  assert.equal(plant.status, "ok");
  for (let i = 0; i < 4; i++) {
    const look = await python("import os\nprint([d for d in ('/w', '/tmp', '/dev/shm') if os.path.exists(d + '/left')])");
    assert.equal(look.stdout, "[]\n");
  }
});

test("common things work: threads, processes, pipes, temporary files, /dev/stdout, sockets in pairs", async () => {
  const done = await python(`
import multiprocessing, os, socket, subprocess, tempfile, threading
t = threading.Thread(target=lambda: print("thread")); t.start(); t.join()
with multiprocessing.Pool(2) as p: print(p.map(abs, [-1, -2]))
print(subprocess.run(["sh", "-c", "echo shell | tr a-z A-Z"], capture_output=True, text=True).stdout, end="")
with tempfile.TemporaryFile() as f: f.write(b"x"); print(f.tell())
a, b = socket.socketpair(); a.send(b"pair"); print(b.recv(4).decode())
open("/dev/stdout", "w").write("dev\\n")
import getpass; print(getpass.getuser(), os.getcwd(), os.path.expanduser("~"))
import pwd; print(pwd.getpwuid(os.getuid()).pw_name)
import random, hashlib, json, sqlite3, decimal; print(sqlite3.connect(":memory:").execute("select 1+1").fetchone())
`);
  assert.equal(done.stdout, "thread\n[1, 2]\nSHELL\n1\npair\ndev\nviva /w /w\nviva\n(2,)\n", done.stderr);
  const node = await javascript(`
const { Worker, isMainThread, parentPort } = require("worker_threads");
const { execFileSync } = require("child_process");
const os = require("os");
console.log(execFileSync("sh", ["-c", "echo shell"]).toString().trim(), os.userInfo().username, process.cwd());
new Worker("require('worker_threads').parentPort.postMessage('worker')", { eval: true }).on("message", (m) => console.log(m));
`);
  assert.equal(node.stdout, "shell viva /w\nworker\n", node.stderr);
});

test("nothing is left behind: every container that was used is gone", { timeout: 400_000 }, async () => {
  /* A runner of our own: of the stack's, others have containers for as long as they like. */
  const q = await language();
  try {
    const runner = await q.runner({ slots: 5 });
    const boxes = () => readdirSync(join(runner.folder, "jobs")).filter((name) => name.startsWith("viva-"));
    const use = (content, more) => run({ language: q.name, files: [{ path: "main.py", content }], ...more });
    await waitFor(() => boxes().length > 0, { what: "a container" });
    const there = boxes();
    await Promise.all([1, 2, 3, 4].map((i) => use(`print(${i})`)));
    await use("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass", { wall_ms: 700 });
    /* The oldest are used first; one that was still being made then has its turn later. */
    await waitFor(async () => {
      if (!boxes().some((name) => there.includes(name))) return true;
      await use("print('next')");
      return false;
    }, { within: 120_000, every: 1000, what: "used containers to go" });
  } finally {
    await q.forget();
  }
});
