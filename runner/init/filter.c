/*
 * filter.c - see filter.h.
 *
 * Two filters stand in front of the kernel, and a call passes only where both let it. The container's
 * own (runner/daemon/seccomp.json) is a list of what is allowed; it has to leave room for what the
 * container engine and our init do. This one takes away the rest of that room before the program
 * starts: changing identity, everything about mounts and namespaces, looking into other processes,
 * sockets of unusual families, and whatever made the news in kernel exploits. It stands on its own
 * too: where an engine ignores our profile (the runner refuses such an engine), it still holds.
 *
 * A refused call fails with EPERM and the program goes on. clone3 "does not exist" (ENOSYS), since
 * its flags lie in memory where a filter cannot look, and the C library then falls back to clone.
 * Another architecture's calls (32-bit, x32) end the process.
 */
#include "filter.h"

#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const int refused[] = {
	/* who it is */
	SCMP_SYS(setuid), SCMP_SYS(setgid), SCMP_SYS(setreuid), SCMP_SYS(setregid), SCMP_SYS(setresuid),
	SCMP_SYS(setresgid), SCMP_SYS(setfsuid), SCMP_SYS(setfsgid), SCMP_SYS(setgroups), SCMP_SYS(capset),
	/* where it is */
	SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(unshare),
	SCMP_SYS(setns), SCMP_SYS(open_tree), SCMP_SYS(move_mount), SCMP_SYS(fsopen), SCMP_SYS(fsconfig),
	SCMP_SYS(fsmount), SCMP_SYS(fspick), SCMP_SYS(mount_setattr), SCMP_SYS(name_to_handle_at),
	SCMP_SYS(open_by_handle_at), SCMP_SYS(quotactl), SCMP_SYS(quotactl_fd), SCMP_SYS(sethostname),
	SCMP_SYS(setdomainname), SCMP_SYS(swapon), SCMP_SYS(swapoff),
	/* other processes */
	SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(process_madvise),
	SCMP_SYS(process_mrelease), SCMP_SYS(pidfd_getfd), SCMP_SYS(kcmp), SCMP_SYS(migrate_pages),
	SCMP_SYS(move_pages),
	/* the kernel's wide surfaces */
	SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup),
	SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register), SCMP_SYS(keyctl), SCMP_SYS(add_key),
	SCMP_SYS(request_key), SCMP_SYS(fanotify_init), SCMP_SYS(fanotify_mark), SCMP_SYS(seccomp),
	SCMP_SYS(modify_ldt), SCMP_SYS(vmsplice), SCMP_SYS(memfd_secret), SCMP_SYS(personality),
	SCMP_SYS(mq_open), SCMP_SYS(mq_unlink), SCMP_SYS(lookup_dcookie), SCMP_SYS(vhangup), SCMP_SYS(iopl),
	SCMP_SYS(ioperm), SCMP_SYS(acct), SCMP_SYS(nfsservctl), SCMP_SYS(syslog), SCMP_SYS(mbind),
	SCMP_SYS(set_mempolicy), SCMP_SYS(get_mempolicy),
	/* the machine; sync() would write out every disk of the host */
	SCMP_SYS(sync), SCMP_SYS(syncfs),
	SCMP_SYS(reboot), SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(init_module),
	SCMP_SYS(finit_module), SCMP_SYS(delete_module), SCMP_SYS(settimeofday), SCMP_SYS(clock_settime),
	SCMP_SYS(clock_adjtime), SCMP_SYS(adjtimex),
};

static int
refuse(scmp_filter_ctx c)
{
	for (size_t i = 0; i < COUNT(refused); i++)
		if (seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), refused[i], 0) < 0)
			return -1;
	return seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

/*
 * Unix and internet sockets only: netlink, vsock, packet and the rest are kernel code nobody needs here. All 64 bits
 * are compared, of which the kernel uses 32: what has a high one set is "greater", and refused.
 */
static int
refuse_families(scmp_filter_ctx c, int call)
{
	if (seccomp_rule_add(c, SCMP_ACT_ERRNO(EAFNOSUPPORT), call, 1, SCMP_A0(SCMP_CMP_EQ, AF_UNSPEC, 0)) < 0)
		return -1;
	for (int family = AF_UNIX + 1; family < AF_INET6; family++)
		if (family != AF_INET &&
		    seccomp_rule_add(
			c, SCMP_ACT_ERRNO(EAFNOSUPPORT), call, 1, SCMP_A0(SCMP_CMP_EQ, (unsigned)family, 0)) < 0)
			return -1;
	return seccomp_rule_add(c, SCMP_ACT_ERRNO(EAFNOSUPPORT), call, 1, SCMP_A0(SCMP_CMP_GT, AF_INET6, 0));
}

/* TCP, UDP or whatever the type means by itself: others make the kernel load modules (SCTP, DCCP, L2TP, ICMP). */
static int
refuse_protocols(scmp_filter_ctx c)
{
	for (unsigned p = 1; p < IPPROTO_UDP; p++)
		if (p != IPPROTO_TCP && seccomp_rule_add(c, SCMP_ACT_ERRNO(EPROTONOSUPPORT), SCMP_SYS(socket), 1,
		    SCMP_A2(SCMP_CMP_EQ, p, 0)) < 0)
			return -1;
	return seccomp_rule_add(c, SCMP_ACT_ERRNO(EPROTONOSUPPORT), SCMP_SYS(socket), 1,
	    SCMP_A2(SCMP_CMP_GT, IPPROTO_UDP, 0));
}

/* Programs for the kernel's own machine (classic and extended BPF), behind a socket or a seccomp filter. */
static int
refuse_kernel_programs(scmp_filter_ctx c)
{
	static const unsigned options[] = { SO_ATTACH_FILTER, SO_ATTACH_BPF, SO_ATTACH_REUSEPORT_CBPF,
	    SO_ATTACH_REUSEPORT_EBPF };

	for (size_t i = 0; i < COUNT(options); i++)
		if (seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(setsockopt), 2,
		    SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffffu, SOL_SOCKET),
		    SCMP_A2(SCMP_CMP_MASKED_EQ, 0xffffffffu, options[i])) < 0)
			return -1;
	return seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(prctl), 1,
	    SCMP_A0(SCMP_CMP_MASKED_EQ, 0xffffffffu, PR_SET_SECCOMP));
}

/* Of special files a program may make FIFOs. */
static int
refuse_nodes(scmp_filter_ctx c)
{
	static const unsigned kinds[] = { 0, S_IFREG, S_IFCHR, S_IFBLK, S_IFSOCK, S_IFDIR, S_IFLNK };

	for (size_t i = 0; i < COUNT(kinds); i++)
		if (seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(mknod), 1,
		    SCMP_A1(SCMP_CMP_MASKED_EQ, S_IFMT, kinds[i])) < 0 ||
		    seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(mknodat), 1,
		    SCMP_A2(SCMP_CMP_MASKED_EQ, S_IFMT, kinds[i])) < 0)
			return -1;
	return 0;
}

/* clone makes processes and threads, never namespaces. */
static int
refuse_namespaces(scmp_filter_ctx c)
{
	static const unsigned flags[] = { CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER,
	    CLONE_NEWPID, CLONE_NEWNET };

	for (size_t i = 0; i < COUNT(flags); i++)
		if (seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
		    SCMP_A0(SCMP_CMP_MASKED_EQ, flags[i], flags[i])) < 0)
			return -1;
	return 0;
}

/* Typing into a terminal (TIOCSTI, TIOCLINUX); line disciplines, which are modules (TIOCSETD). */
static int
refuse_tricks(scmp_filter_ctx c)
{
	static const unsigned requests[] = { 0x5412, 0x541c, 0x5423 };

	for (size_t i = 0; i < COUNT(requests); i++)
		if (seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
		    SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffffu, requests[i])) < 0)
			return -1;
	return 0;
}

/* libseccomp writes the program to a descriptor: one in memory, mapped for good. */
static int
export(scmp_filter_ctx c, struct sock_fprog *out)
{
	struct stat st;
	int fd = memfd_create("filter", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	if (seccomp_export_bpf(c, fd) < 0 || fstat(fd, &st) < 0 || st.st_size <= 0) {
		close(fd);
		return -1;
	}
	void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return -1;
	out->filter = p;
	out->len = (unsigned short)((size_t)st.st_size / sizeof(struct sock_filter));
	return 0;
}

int
filter_make(struct sock_fprog *out)
{
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_ALLOW);
	int r = -1;

	if (c == NULL)
		return -1;
	if (seccomp_attr_set(c, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
	    seccomp_attr_set(c, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0 &&	/* a tree: few steps for each call */
	    refuse(c) == 0 && refuse_families(c, SCMP_SYS(socket)) == 0 &&
	    refuse_families(c, SCMP_SYS(socketpair)) == 0 && refuse_protocols(c) == 0 &&
	    refuse_kernel_programs(c) == 0 && refuse_namespaces(c) == 0 && refuse_nodes(c) == 0 &&
	    refuse_tricks(c) == 0)
		r = export(c, out);
	if (r < 0 && errno == 0)
		errno = EINVAL;
	seccomp_release(c);
	return r;
}
