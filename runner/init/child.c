/*
 * child.c - see child.h.
 *
 * The order matters. Limits and identity first, so that everything after happens with the rights of
 * the program itself: a file that the job may not write fails here as it would there. The files are
 * written before the filter is loaded, by code that is still ours; the directory is fresh, nobody
 * was here before. The last thing is execve with an environment built by the runner alone.
 *
 * Nothing is allocated: between fork and execve in a process this small there is no need.
 */
#include "child.h"

#include "terminal.h"
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORK "/w"

static int tell_fd;

static void __attribute__((noreturn))
fail(const char *what, const char *thing)
{
	char text[256];
	int error = errno;
	int n = snprintf(text, sizeof(text), "%s%s%.100s: %s", what, *thing != '\0' ? " " : "", thing, strerror(error));

	if (n > 0 && write(tell_fd, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1) < 0)
		_exit(126);
	_exit(127);
}

/* Lowers both limits to `most`; a limit that is lower already stays. */
static void
limit(int resource, rlim_t most)
{
	struct rlimit r;

	if (getrlimit(resource, &r) < 0)
		fail("getrlimit", "");
	if (r.rlim_max > most)
		r.rlim_max = most;
	r.rlim_cur = r.rlim_max;
	if (setrlimit(resource, &r) < 0)
		fail("setrlimit", "");
}

/* No limit on address space: Node, Java and Go reserve far more than they use; memory is the cgroup's. */
static void
limits(const struct program *job)
{
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, job->file_limit);
	limit(RLIMIT_NOFILE, job->open_limit);
	limit(RLIMIT_STACK, 64u << 20);
	limit(RLIMIT_MEMLOCK, 0);
	limit(RLIMIT_MSGQUEUE, 0);
	limit(RLIMIT_SIGPENDING, 256);
	limit(RLIMIT_NICE, 0);
	limit(RLIMIT_RTPRIO, 0);
}

/* When memory runs out it is the program that dies, not the init that has to tell of it. */
static void
die_first(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "1000", 4) != 4)
		fail("oom_score_adj", "");
	close(fd);
}

/* Out of the way of 0 to 3; -1 stays -1. */
static int
move_up(int fd)
{
	int up = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 10);

	if (fd >= 0 && up < 0)
		fail("fcntl", "");
	return up;
}

/* 0, 1, 2, and perhaps a third; the rest is closed by the exec. */
static void
take_descriptors(const int fds[3], int third)
{
	int up[] = { move_up(fds[0]), move_up(fds[1]), move_up(fds[2]), move_up(third) };

	if (close_range(3, ~0u, CLOSE_RANGE_CLOEXEC) < 0)
		fail("close_range", "");
	for (int i = 0; i < 4; i++)
		if (up[i] >= 0 && dup2(up[i], i) < 0)
			fail("dup2", "");
}

/* After this the process and all that come from it are nobody in particular, for good. */
static void
drop_rights(uint32_t uid)
{
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			fail("capability", "");
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		fail("ambient capabilities", "");
	if (setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0)
		fail("setresuid", "");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		fail("no_new_privs", "");
}

/* The directories in front of a file's name, as far as they are missing. */
static void
make_parents(char *path)
{
	for (char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			fail("cannot make the directory", path);
		*slash = '/';
	}
}

/* A new file, whatever is there: nothing is followed, nothing written over. */
static int
create(const struct program_text *name, mode_t mode)
{
	char path[256];

	memcpy(path, name->data, name->len + 1);	/* message_path_ok: at most 255 */
	make_parents(path);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		fail("cannot write the file", path);
	return fd;
}

static void
write_file(const struct program_file *f)
{
	size_t done = 0;
	int fd = create(&f->path, 0644);

	while (done < f->content.len) {
		ssize_t n = write(fd, f->content.data + done, f->content.len - done);
		if (n < 0)
			fail("cannot write the file", f->path.data);
		done += (size_t)n;
	}
	close(fd);
}

/* From the descriptor's start, whoever else reads it: its position is shared with other containers. */
static void
write_artifact(const struct program *job, int from)
{
	off_t at = 0;
	ssize_t n;
	int fd = create(&job->artifact, 0755);

	while ((n = sendfile(fd, from, &at, 1u << 20)) > 0)
		;
	if (n < 0)
		fail("cannot write the file", job->artifact.data);
	close(fd);
}

static void
signals_as_new(void)
{
	sigset_t none;

	for (int s = 1; s < 32; s++)
		signal(s, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
write_files(const struct child *c)
{
	if (chdir(WORK) < 0)
		fail("chdir", WORK);
	for (uint32_t i = 0; i < c->job->filec; i++)
		write_file(&c->job->files[i]);
	if (c->artifact >= 0)
		write_artifact(c->job, c->artifact);
}

static void __attribute__((noreturn))
only_write(const struct child *c)
{
	umask(022);
	limits(c->job);
	drop_rights(c->job->uid);
	write_files(c);
	_exit(0);
}

static void __attribute__((noreturn))
execute(const struct program *job)
{
	char *argv[PROGRAM_WORDS_MAX + 1], *env[PROGRAM_WORDS_MAX + 1];

	for (uint32_t i = 0; i < job->argc; i++)
		argv[i] = (char *)(uintptr_t)job->argv[i].data;
	argv[job->argc] = NULL;
	for (uint32_t i = 0; i < job->envc; i++)
		env[i] = (char *)(uintptr_t)job->env[i].data;
	env[job->envc] = NULL;
	execve(argv[0], argv, env);
	fail("cannot start", argv[0]);
}

static void __attribute__((noreturn))
become_program(const struct child *c)
{
	struct child mine = *c;

	mine.artifact = move_up(c->artifact);
	setsid();
	umask(022);
	die_first();
	limits(c->job);
	take_descriptors(c->fds, c->third);
	if (c->job->flags & PROGRAM_TERMINAL && terminal_control(0) < 0)
		fail("terminal", "");
	drop_rights(c->job->uid);
	write_files(&mine);
	signals_as_new();
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, c->filter) < 0)
		fail("seccomp", "");
	execute(c->job);
}

/* Its end of the pipe closes by itself when it succeeds: by the exec, or with it. */
static pid_t
spawn(void (*become)(const struct child *), const struct child *c, char complaint[COMPLAINT_MAX])
{
	int pipefd[2];

	if (pipe2(pipefd, O_CLOEXEC) < 0)
		give_up("pipe");
	pid_t pid = fork();
	if (pid < 0)
		give_up("fork");
	if (pid == 0) {
		tell_fd = pipefd[1];
		tell_fd = move_up(pipefd[1]);
		become(c);
	}
	close(pipefd[1]);
	ssize_t n = read(pipefd[0], complaint, COMPLAINT_MAX - 1);
	close(pipefd[0]);
	complaint[n > 0 ? n : 0] = '\0';
	return pid;
}

pid_t
child_start(const struct child *c, char complaint[COMPLAINT_MAX])
{
	return spawn(become_program, c, complaint);
}

bool
child_write(const struct child *c, char complaint[COMPLAINT_MAX])
{
	int status = 0;
	pid_t pid = spawn(only_write, c, complaint);

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status == 0;
}
