/*
 * misbehave.c - a function in somebody else's hands: who asks says what it shall try, as if their code ran in it.
 *
 * It is never shipped: tests/machine/confine.test.mjs builds it and lets fnd run it in the place of a real function, so
 * runtime, user, role and fences are the real ones. A request is `verb argument`; the answer is `done`, or what the
 * system said. Some verbs do not return.
 */
#include "config.h"
#include "route.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int
read_file(const char *path)
{
	char byte;
	int fd = open(path, O_RDONLY);

	return fd < 0 ? -1 : (int)read(fd, &byte, 1);
}

static int
write_file(const char *path)
{
	return open(path, O_WRONLY | O_CREAT, 0600);
}

static int
change_file(const char *path)
{
	return open(path, O_RDWR);
}

static int
connect_unix(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strncpy(to.sun_path, path, sizeof(to.sun_path) - 1);
	if (*path == '@')
		to.sun_path[0] = '\0';
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path) + (*path != '@'));
	return fd < 0 ? -1 : connect(fd, (struct sockaddr *)&to, len);
}

static int
connect_tcp(const char *port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return fd < 0 ? -1 : connect(fd, (struct sockaddr *)&to, sizeof(to));
}

static int
open_socket(const char *family)
{
	return socket(atoi(family), SOCK_RAW, 0);
}

static int
execute(const char *path)
{
	return execl(path, path, (char *)NULL);
}

static int
fork_one(const char *unused)
{
	(void)unused;
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	return pid < 0 ? -1 : 0;
}

static int
trace_one(const char *pid)
{
	return (int)ptrace(PTRACE_ATTACH, atoi(pid), NULL, NULL);
}

static int
look_into(const char *pid)
{
	char byte;
	struct iovec to = { &byte, 1 }, from = { (void *)0x400000, 1 };

	return (int)syscall(SYS_process_vm_readv, atoi(pid), &to, 1UL, &from, 1UL, 0UL);
}

static int
signal_one(const char *pid)
{
	return kill(atoi(pid), SIGKILL);
}

static int
signal_thread(const char *pid)
{
	return (int)syscall(SYS_tgkill, atoi(pid), atoi(pid), SIGKILL);
}

static int
become_root(const char *unused)
{
	(void)unused;
	return setuid(0);
}

static int
make_code(const char *unused)
{
	(void)unused;
	const int all = PROT_READ | PROT_WRITE | PROT_EXEC;
	return mmap(NULL, 4096, all, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

/* What reaches further than a function has any business to, and what widens its own rights. */
#define CALL(name, ...) { #name, SYS_##name, { __VA_ARGS__ } }
#define IN(pointer) ((long)(intptr_t)(pointer))
static struct rlimit most = { RLIM_INFINITY, RLIM_INFINITY };
static char room[512];
static const struct {
	const char *name;
	long number, arguments[5];
} calls[] = {
	CALL(setrlimit, RLIMIT_DATA, IN(&most)), CALL(prlimit64, 0, RLIMIT_DATA, IN(&most)),
	CALL(unshare, CLONE_NEWUSER), CALL(clone, CLONE_NEWUSER | SIGCHLD), CALL(clone3, IN(room), 88),
	CALL(setns, 0), CALL(chroot, IN("/")), CALL(mount, IN("x"), IN("/"), IN("tmpfs")),
	CALL(io_uring_setup, 8, IN(room)), CALL(bpf, 0, IN(room), 64), CALL(perf_event_open, IN(room)),
	CALL(userfaultfd), CALL(keyctl), CALL(add_key, IN("user"), IN("x"), IN("x"), 1, -3),
	CALL(request_key, IN("user"), IN("x")), CALL(memfd_create, IN("x")), CALL(personality, 0x0400000),
	CALL(seccomp, 0), CALL(prctl, PR_SET_DUMPABLE, 1), CALL(sched_setscheduler, 0, 1, IN("\1\0\0")),
	CALL(setpriority, 0, 0, -5), CALL(sched_setaffinity, 0, 8, IN("\1\0\0\0\0\0\0")),
	CALL(shmget, 0, 4096, 0600), CALL(mq_open, IN("x"), O_RDWR), CALL(semget, 0, 1, 0600),
	CALL(msgget, 0, 0600), CALL(timer_create, 0), CALL(pidfd_open, 1), CALL(kcmp, 1, 1),
	CALL(process_vm_writev, 1), CALL(syslog, 3, IN(room), 9), CALL(inotify_init1), CALL(fanotify_init),
	CALL(quotactl, 0), CALL(swapoff, IN("/x")), CALL(sethostname, IN("x"), 1),
	CALL(settimeofday, IN(room)), CALL(adjtimex, IN(room)),
	CALL(name_to_handle_at, -100, IN("/"), IN(room), IN(room)), CALL(open_by_handle_at, -100, IN(room)),
	CALL(symlink, IN("/x"), IN("/tmp/x")), CALL(openat2, -100, IN("/"), IN(room), 24),
	CALL(fcntl, 0, F_SETOWN, 1), CALL(fcntl, 2, F_SETPIPE_SZ, 4096), CALL(shutdown, 0, SHUT_RDWR),
	CALL(shutdown, 1L << 32, SHUT_RDWR), CALL(listen, 0, 0), CALL(ftruncate, 3),
	CALL(vmsplice, 2, IN(room)), CALL(ioctl, 0, TIOCSTI, IN("x")), CALL(chmod, IN("/tmp"), 0),
	CALL(mmap, 0, 4096, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1),
};
#define CALLS (sizeof(calls) / sizeof(*calls))

static int
call_number(const char *number)
{
	size_t n = strtoul(number, NULL, 10);
	const long *a = calls[n % CALLS].arguments;

	return (int)syscall(calls[n % CALLS].number, a[0], a[1], a[2], a[3], a[4]);
}

static int
abort_it(const char *unused)
{
	(void)unused;
	abort();
}

static const struct {
	const char *name;
	int (*try)(const char *argument);
} verbs[] = {
	{ "read", read_file }, { "write", write_file }, { "change", change_file }, { "connect", connect_unix },
	{ "tcp", connect_tcp }, { "socket", open_socket }, { "exec", execute }, { "fork", fork_one },
	{ "ptrace", trace_one }, { "memory", look_into }, { "kill", signal_one }, { "tgkill", signal_thread },
	{ "setuid", become_root }, { "code", make_code }, { "unlink", unlink }, { "rmdir", rmdir },
	{ "abort", abort_it }, { "call", call_number },
};

/* `sql <role> <statement>`: what PostgreSQL says, or "done". */
static void
ask_database(char *text, struct buf *out)
{
	char *statement = strchr(text, ' '), conninfo[1024];

	*statement++ = '\0';
	snprintf(conninfo, sizeof(conninfo), "%s user=%s", getenv("VIVA_PG"), text);
	PGconn *conn = PQconnectdb(conninfo);
	PGresult *r = PQstatus(conn) == CONNECTION_OK ? PQexec(conn, statement) : NULL;
	ExecStatusType status = PQresultStatus(r);
	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
		buf_printf(out, "done");
	else
		buf_printf(out, "%s", r != NULL ? PQresultErrorMessage(r) : PQerrorMessage(conn));
	PQclear(r);
	PQfinish(conn);
}

/* `redis <command>`, its words by spaces: what Redis says to the function's own user, or "done". */
static void
ask_redis(struct fn *fn, const char *command, struct buf *out)
{
	redisReply *reply = redis_cmd(fn->redis, command);

	buf_str(out, reply != NULL ? "done" : fn->err.detail);
	err_clear(&fn->err);
}

/* `as <user> <password>`: whether Redis takes us for somebody else; without words, for anybody. */
static void
ask_as(const char *who, struct buf *out)
{
	redisContext *c = redisConnectUnix(getenv("VIVA_REDIS"));
	char command[256];

	snprintf(command, sizeof(command), "AUTH %s", who);
	redisReply *auth = *who != '\0' ? redisCommand(c, command) : NULL, *reply = redisCommand(c, "PING");
	buf_str(out, reply == NULL ? c->errstr : reply->type == REDIS_REPLY_ERROR ? reply->str : "done");
	freeReplyObject(auth);
	freeReplyObject(reply);
	redisFree(c);
}

static int
misbehave(struct fn *fn, const struct route_call *call)
{
	char *text = arena_strndup(fn->arena, (const char *)call->octets.data, call->octets.len);
	char *argument = strchr(text, ' ');

	if (argument == NULL)
		return err_field(&fn->err, "", "must be a verb and its argument");
	*argument++ = '\0';
	if (strcmp(text, "sql") == 0) {
		ask_database(argument, call->out_octets);
		return 0;
	}
	if (strcmp(text, "redis") == 0) {
		ask_redis(fn, argument, call->out_octets);
		return 0;
	}
	if (strcmp(text, "calls") == 0) {
		for (size_t i = 0; i < CALLS; i++)
			buf_printf(call->out_octets, "%s ", calls[i].name);
		return 0;
	}
	if (strcmp(text, "as") == 0) {
		ask_as(argument, call->out_octets);
		return 0;
	}
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strcmp(text, verbs[i].name) == 0) {
			int r = verbs[i].try(argument);
			buf_str(call->out_octets, r >= 0 ? "done" : strerrorname_np(errno));
			return 0;
		}
	return err_field(&fn->err, "", "%s is no verb", text);
}

static const struct route routes[] = {
	{ .method = "POST", .path = "/api/misbehave", .id = "misbehave", .who = WHO_PUBLIC, .status = 200,
	    .call = misbehave, .body = ROUTE_OCTETS, .body_required = true, .body_max = 4096, .reply = ROUTE_TEXT },
};
const struct function function_table = { .name = "signal", .routes = routes, .routes_count = 1 };
