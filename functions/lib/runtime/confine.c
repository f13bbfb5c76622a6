/*
 * confine.c - see confine.h.
 *
 * Two fences. Landlock (landlock.c) knows paths, which a filter of system calls cannot see; where a kernel has none,
 * users and modes of files are what is left, and the log says so. The filter, by libseccomp, is a list of what is
 * allowed:
 *
 *	allowed		what a function, libc, libpq, hiredis, OpenSSL and libcurl were seen to call, or may call on
 *			another kernel: files for reading, sockets, memory, time, threads. strace over tests/api
 *			has the first, their sources the rest
 *	refused		with an error that a library understands: writing files, sockets of other families, signals
 *			to others. It may be a library that tries its luck
 *	fatal		starting programs or processes, changing identity, looking into other processes, mounts, the
 *			kernel's wide surfaces. Nothing of ours has such a call, so somebody else is in control: the
 *			process ends with SIGSYS, fnd says so in the log and starts another
 *	anything else	"does not exist" (ENOSYS): what libraries take as an older kernel, and do it another way
 *
 * clone3 does not exist, since its flags lie in memory where a filter cannot look; clone then makes threads only
 * (libcurl's resolver has some). Memory is never both written to and executed, nor made executable later.
 */
#include "confine.h"

#include "config.h"
#include "landlock.h"
#include "log.h"
#include "objects.h"
#include "pg.h"
#include "smtp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define ARGUMENT(n) (offsetof(struct seccomp_data, args[n]) + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0))
#define LOW(value) 0xffffffffu, (uint32_t)(value)	/* the kernel looks at 32 bits of an int */

/* Only what a function is linked with it may need: who includes neither objects.h nor smtp.h has NULL here. */
extern __typeof__(objects_open) objects_open __attribute__((weak));
extern __typeof__(smtp_send) smtp_send __attribute__((weak));

struct needs {
	const char *folder;	/* to write to, or NULL */
	bool network;
};

static const int allowed[] = {
	/* files and sockets that are open, and looking at files; open itself: see allow_reading() */
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(preadv), SCMP_SYS(preadv2), SCMP_SYS(write),
	SCMP_SYS(writev), SCMP_SYS(lseek), SCMP_SYS(close), SCMP_SYS(close_range), SCMP_SYS(dup), SCMP_SYS(dup2),
	SCMP_SYS(dup3), SCMP_SYS(pipe), SCMP_SYS(pipe2), SCMP_SYS(eventfd2), SCMP_SYS(stat),
	SCMP_SYS(lstat), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(statfs),
	SCMP_SYS(fstatfs), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink),
	SCMP_SYS(readlinkat), SCMP_SYS(getcwd), SCMP_SYS(getdents64), SCMP_SYS(fadvise64), SCMP_SYS(umask),
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(epoll_create),
	SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_pwait2), SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(connect), SCMP_SYS(shutdown),
	SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg),
	SCMP_SYS(recvmmsg), SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt),
	/* memory and threads */
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(mlock), SCMP_SYS(munlock),
	SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(get_robust_list), SCMP_SYS(set_tid_address),
	SCMP_SYS(rseq), SCMP_SYS(membarrier), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_getparam), SCMP_SYS(sched_getscheduler), SCMP_SYS(getcpu), SCMP_SYS(arch_prctl),
	/* time and chance */
	SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(times), SCMP_SYS(alarm), SCMP_SYS(setitimer),
	SCMP_SYS(getitimer), SCMP_SYS(getrandom),
	/* oneself */
	SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getppid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid),
	SCMP_SYS(getegid), SCMP_SYS(getresuid), SCMP_SYS(getresgid), SCMP_SYS(getgroups), SCMP_SYS(getpgrp),
	SCMP_SYS(getrlimit), SCMP_SYS(getrusage), SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigpending), SCMP_SYS(rt_sigsuspend),
	SCMP_SYS(rt_sigtimedwait), SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(exit),
	SCMP_SYS(exit_group),
};

/* Who has a folder to write to needs these; Landlock and the user keep them there. */
static const int writing[] = {
	SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(rmdir), SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(rename),
	SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(chmod), SCMP_SYS(fchmod), SCMP_SYS(fchmodat), SCMP_SYS(fsync),
	SCMP_SYS(fdatasync), SCMP_SYS(ftruncate), SCMP_SYS(fallocate), SCMP_SYS(pwrite64),
};

static const int never_written[] = {
	SCMP_SYS(creat), SCMP_SYS(truncate), SCMP_SYS(link), SCMP_SYS(linkat), SCMP_SYS(symlink), SCMP_SYS(symlinkat),
	SCMP_SYS(mknod), SCMP_SYS(mknodat), SCMP_SYS(chown), SCMP_SYS(fchown), SCMP_SYS(lchown), SCMP_SYS(fchownat),
	SCMP_SYS(setxattr), SCMP_SYS(lsetxattr), SCMP_SYS(fsetxattr), SCMP_SYS(utimensat),
};

static const int fatal[] = {
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork),
	SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_getfd),
	SCMP_SYS(kcmp), SCMP_SYS(setuid), SCMP_SYS(setgid), SCMP_SYS(setreuid), SCMP_SYS(setregid), SCMP_SYS(setresuid),
	SCMP_SYS(setresgid), SCMP_SYS(setgroups), SCMP_SYS(capset),
	SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(unshare), SCMP_SYS(setns),
	SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup), SCMP_SYS(keyctl),
	SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(memfd_create), SCMP_SYS(init_module), SCMP_SYS(finit_module),
	SCMP_SYS(kexec_load), SCMP_SYS(personality), SCMP_SYS(modify_ldt), SCMP_SYS(iopl), SCMP_SYS(ioperm),
	SCMP_SYS(reboot), SCMP_SYS(open_by_handle_at),
};

static bool
add_all(scmp_filter_ctx c, uint32_t action, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (seccomp_rule_add(c, action, calls[i], 0) < 0)
			return false;
	return true;
}

#define ADD(c, action, call, ...) (seccomp_rule_add(c, action, SCMP_SYS(call), __VA_ARGS__) == 0)

/* Without any flag that writes, makes or truncates; all 32 other bits may be as they like. */
static bool
allow_reading(scmp_filter_ctx c)
{
	const uint32_t writes = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY);

	return ADD(c, SCMP_ACT_ALLOW, open, 1, SCMP_A1(SCMP_CMP_MASKED_EQ, writes, 0))
	    && ADD(c, SCMP_ACT_ALLOW, openat, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, writes, 0))
	    && ADD(c, SCMP_ACT_ERRNO(EROFS), open, 1, SCMP_A1(SCMP_CMP_MASKED_EQ, O_WRONLY, O_WRONLY))
	    && ADD(c, SCMP_ACT_ERRNO(EROFS), openat, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, O_WRONLY, O_WRONLY))
	    && add_all(c, SCMP_ACT_ERRNO(EROFS), writing, COUNT(writing));
}

static bool
allow_writing(scmp_filter_ctx c)
{
	return ADD(c, SCMP_ACT_ALLOW, open, 0) && ADD(c, SCMP_ACT_ALLOW, openat, 0)
	    && add_all(c, SCMP_ACT_ALLOW, writing, COUNT(writing));
}

static bool
allow_sockets(scmp_filter_ctx c, bool network)
{
	static const int families[] = { AF_INET, AF_INET6, AF_NETLINK /* by which libc asks for addresses */ };

	for (size_t i = 0; i < COUNT(families); i++)
		if (!ADD(c, network ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EACCES), socket, 1,
			SCMP_A0(SCMP_CMP_MASKED_EQ, LOW(families[i]))))
			return false;
	return ADD(c, SCMP_ACT_ALLOW, socket, 1, SCMP_A0(SCMP_CMP_MASKED_EQ, LOW(AF_UNIX)))
	    && ADD(c, SCMP_ACT_ALLOW, socketpair, 1, SCMP_A0(SCMP_CMP_MASKED_EQ, LOW(AF_UNIX)))
	    && (!network || ADD(c, SCMP_ACT_ALLOW, bind, 0));
}

static bool
allow_memory(scmp_filter_ctx c)
{
	const uint32_t both = PROT_WRITE | PROT_EXEC;

	return ADD(c, SCMP_ACT_ALLOW, mmap, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_WRITE, 0))
	    && ADD(c, SCMP_ACT_ALLOW, mmap, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, both, PROT_WRITE))
	    && ADD(c, SCMP_ACT_ERRNO(EACCES), mmap, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, both, both))
	    && ADD(c, SCMP_ACT_ALLOW, mprotect, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0))
	    && ADD(c, SCMP_ACT_ERRNO(EACCES), mprotect, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC));
}

/* None by which a descriptor's owner is signalled (F_SETOWN), or the pipe that everybody logs to is changed. */
static bool
allow_descriptors(scmp_filter_ctx c)
{
	static const int commands[] = { F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK,
		F_SETLKW };
	bool ok = ADD(c, SCMP_ACT_ERRNO(EPERM), fcntl, 1, SCMP_A1(SCMP_CMP_MASKED_EQ, LOW(F_SETOWN)))
	    && ADD(c, SCMP_ACT_ERRNO(EPERM), fcntl, 1, SCMP_A1(SCMP_CMP_MASKED_EQ, LOW(F_SETOWN_EX)))
	    && ADD(c, SCMP_ACT_ERRNO(EPERM), fcntl, 1, SCMP_A1(SCMP_CMP_MASKED_EQ, LOW(F_SETSIG)));

	for (size_t i = 0; ok && i < COUNT(commands); i++)
		ok = ADD(c, SCMP_ACT_ALLOW, fcntl, 1, SCMP_A1(SCMP_CMP_MASKED_EQ, LOW(commands[i])));
	return ok;
}

/* Threads, signals to oneself (abort(3) sends one), and the few things that prctl, ioctl and prlimit are asked for. */
static bool
allow_oneself(scmp_filter_ctx c)
{
	static const int controls[] = { PR_SET_NAME, PR_GET_NAME, 0x53564d41 /* PR_SET_VMA: malloc does */ };
	static const unsigned long requests[] = { FIONREAD, FIONBIO, TCGETS, TIOCGWINSZ };
	bool ok = ADD(c, SCMP_ACT_ALLOW, clone, 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD))
	    && ADD(c, SCMP_ACT_KILL_PROCESS, clone, 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0))
	    && ADD(c, SCMP_ACT_ALLOW, tgkill, 0) /* by_hand */
	    && ADD(c, SCMP_ACT_ERRNO(EPERM), kill, 0) && ADD(c, SCMP_ACT_ERRNO(EPERM), tkill, 0)
	    && ADD(c, SCMP_ACT_ERRNO(EPERM), rt_sigqueueinfo, 0)
	    && ADD(c, SCMP_ACT_ALLOW, sched_setscheduler, 1, SCMP_A1(SCMP_CMP_MASKED_EQ, LOW(SCHED_OTHER))) /* live.c */
	    && ADD(c, SCMP_ACT_ALLOW, prlimit64, 1, SCMP_A2(SCMP_CMP_EQ, 0, 0));

	for (size_t i = 0; ok && i < COUNT(controls); i++)
		ok = ADD(c, SCMP_ACT_ALLOW, prctl, 1, SCMP_A0(SCMP_CMP_MASKED_EQ, LOW(controls[i])));
	for (size_t i = 0; ok && i < COUNT(requests); i++)
		ok = ADD(c, SCMP_ACT_ALLOW, ioctl, 1, SCMP_A1(SCMP_CMP_MASKED_EQ, LOW(requests[i])));
	return ok;
}

static bool
add_rules(scmp_filter_ctx c, const struct needs *needs)
{
	return seccomp_attr_set(c, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0
	    && seccomp_attr_set(c, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0
	    && add_all(c, SCMP_ACT_ALLOW, allowed, COUNT(allowed))
	    && add_all(c, SCMP_ACT_KILL_PROCESS, fatal, COUNT(fatal))
	    && add_all(c, SCMP_ACT_ERRNO(EROFS), never_written, COUNT(never_written))
	    && (needs->folder != NULL ? allow_writing(c) : allow_reading(c)) && allow_sockets(c, needs->network)
	    && allow_memory(c) && allow_descriptors(c) && allow_oneself(c);
}

/*
 * What libseccomp cannot say: a signal only to oneself (abort(3) sends one), which is another process in each
 * worker; and no shutdown of the socket that all workers share, after which nobody could connect any more. Whatever
 * is not refused goes on to what libseccomp has made, which follows: two filters take the kernel twice as long to
 * install.
 */
#define OWN_PID 3	/* the line that has it */
static const struct sock_filter by_hand[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 2),
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT(0)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 4, 3),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_shutdown, 0, 3),
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT(0)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, STDIN_FILENO, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
};

/* The whole filter as the kernel takes it, but for OWN_PID. */
static bool
compile(const struct needs *needs, struct sock_fprog *out)
{
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int file = memfd_create("filter", MFD_CLOEXEC);
	off_t size = -1;

	if (c != NULL && file >= 0 && add_rules(c, needs) && seccomp_export_bpf(c, file) == 0)
		size = lseek(file, 0, SEEK_END);
	seccomp_release(c);
	out->filter = size > 0 ? malloc(sizeof(by_hand) + (size_t)size) : NULL;
	if (out->filter != NULL && pread(file, out->filter + COUNT(by_hand), (size_t)size, 0) == size) {
		memcpy(out->filter, by_hand, sizeof(by_hand));
		out->len = (unsigned short)(COUNT(by_hand) + (size_t)size / sizeof(*out->filter));
	}
	close(file);
	return out->len > 0;
}

static bool lacks;

bool
confine_lacks(void)
{
	return lacks;
}

static struct needs
look_up_needs(void)
{
	const char *objects = objects_open != NULL ? config_str("VIVA_OBJECTS", "") : "";
	bool mails = smtp_send != NULL && config_str("VIVA_SMTP_URL", NULL) != NULL;

	return (struct needs){
		.folder = objects[0] == '/' ? objects : NULL,
		.network = mails || strncmp(objects, "s3:", 3) == 0 || pg_is_remote(config_str("VIVA_PG", "")),
	};
}

static struct needs needs;
static struct landlock files;
static struct sock_fprog program;

static bool
prepare_files(void)
{
	const char *const readable[] = { "/usr", "/lib", "/lib64", "/etc", "/dev/null", "/dev/urandom",
		"/sys/devices/system/cpu" /* malloc counts them */, config_str("VIVA_SECRETS", "/nowhere"), NULL };

	return landlock_prepare(&files, readable, needs.network) == 0;
}

int
confine_prepare(void)
{
	needs = look_up_needs();
	if (program.len > 0 || (prepare_files() && compile(&needs, &program)))
		return 0;
	log_error("what a worker may do cannot be prepared: %s", strerror(errno));
	return -1;
}

static bool
fence_files(void)
{
	lacks = needs.folder != NULL && access(needs.folder, F_OK) < 0;
	if (files.version == 0)
		log_warn("this kernel has no Landlock: what our user may read, the function may read");
	return landlock_confine(&files, needs.folder) == 0;
}

static bool
filter_calls(void)
{
	program.filter[OWN_PID].k = (uint32_t)getpid();
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

int
confine(void)
{
#ifdef __SANITIZE_ADDRESS__
	log_warn("sanitizers need what a function may not do: it is not confined");
	return 0;
#endif
	if (program.len == 0 && confine_prepare() < 0)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && fence_files()
	    && filter_calls())
		return 0;
	log_error("a worker cannot be confined: %s", strerror(errno));
	return -1;
}
