/*
 * invoke.c - fn invoke: one request to one function.
 *
 * On its socket, where somebody serves it. Otherwise its program is started with a socket of ours, answers, and
 * is told to end. A function needs public keys to start: where $VIVA_SECRETS has none, some that nobody has the other
 * half of are made, so that no token is good.
 */
#include "command.h"

#include "config.h"
#include "draft.h"
#include "fastcgi.h"
#include "manager.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#define PATIENCE_MS 30000

struct call {
	const char *name, *method, *path, *type, *token;
	struct buf data;
	char folder[32];	/* of the socket and keys of ours; "" where it is served */
	pid_t pid;
	bool unknown;	/* neither served nor built */
};

static int
unavailable(const struct call *c, const char *what)
{
	fprintf(stderr, "fn: %s: %s: %s\n", c->name, what, strerror(errno));
	return EX_UNAVAILABLE;
}

/* Keys for a program that would not start without. */
static void
make_keys(const struct call *c)
{
	char path[256], command[512];

	snprintf(path, sizeof(path), "%s/jwt.pub", config_str("VIVA_SECRETS", "/run/viva/state/secrets"));
	if (access(path, R_OK) == 0)
		return;
	snprintf(command, sizeof(command),
	    "openssl ecparam -name prime256v1 -genkey -noout | openssl ec -pubout >%s/jwt.pub 2>%s/said", c->folder,
	    c->folder);
	if (system(command) == 0)
		setenv("VIVA_SECRETS", c->folder, 1);
}

/* What a program that there is not could have been. */
static int
unknown(const struct call *c)
{
	const char *folder = manager_programs();
	DIR *d = opendir(folder);

	fprintf(stderr, "fn: there is no function %s; in %s there are:", c->name, folder);
	for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
		if (strchr(e->d_name, '.') == NULL)
			fprintf(stderr, " %s", e->d_name);
	fputc('\n', stderr);
	if (d != NULL)
		closedir(d);
	return EX_UNAVAILABLE;
}

/* Whether its program is there to be started. */
static bool
is_built(const struct call *c)
{
	char program[1100];

	snprintf(program, sizeof(program), "%s/%s", manager_programs(), c->name);
	return access(program, X_OK) == 0;
}

static _Noreturn void
become(const struct call *c, int listener)
{
	char program[1100];
	char *argv[] = { program, NULL };

	snprintf(program, sizeof(program), "%s/%s", manager_programs(), c->name);
	make_keys(c);
	setenv("VIVA_LOG", config_str("VIVA_LOG", "error"), 1);
	dup2(listener, STDIN_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	execv(program, argv);
	_exit(unavailable(c, program));
}

/* The connection, made before the program runs: who dies without an answer hangs up on us. */
static int
start(struct call *c)
{
	char path[LOCAL_PATH];

	strcpy(c->folder, "/tmp/fn-XXXXXX");
	if (mkdtemp(c->folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/sock", c->folder);
	int listener = local_bind(path, SOCK_STREAM, 0600, (uid_t)-1, (gid_t)-1);
	if (listener < 0 || listen(listener, 8) < 0)
		return -1;
	c->pid = fork();
	if (c->pid == 0)
		become(c, listener);
	int fd = c->pid < 0 ? -1 : local_connect(path, SOCK_STREAM | SOCK_NONBLOCK, 0);
	close(listener);
	return fd;
}

static int
connect_to(struct call *c)
{
	int fd = manager_connect(c->name);

	bool unserved = fd < 0 && (errno == ENOENT || errno == ECONNREFUSED);
	c->unknown = unserved && !is_built(c);
	return unserved && !c->unknown ? start(c) : fd;
}

static void
clean_up(const struct call *c)
{
	static const char *const files[] = { "sock", "jwt.pub", "said" };
	char path[64];

	if (c->pid > 0) {
		kill(c->pid, SIGTERM);
		waitpid(c->pid, NULL, 0);
	}
	for (size_t i = 0; c->folder[0] != '\0' && i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", c->folder, files[i]);
		unlink(path);
	}
	if (c->folder[0] != '\0')
		rmdir(c->folder);
}

static void
ask(const struct call *c, struct buf *out)
{
	struct bytes body = buf_bytes(&c->data);
	char size[24], bearer[4200];
	const char *params[] = { "REQUEST_METHOD", c->method, "REQUEST_URI", c->path, "HTTP_HOST", "localhost",
		"REMOTE_ADDR", "127.0.0.1", "CONTENT_LENGTH", size, "CONTENT_TYPE", c->type,
		c->token != NULL ? "HTTP_AUTHORIZATION" : NULL, bearer, NULL };

	snprintf(size, sizeof(size), "%zu", body.len);
	snprintf(bearer, sizeof(bearer), "Bearer %s", c->token != NULL ? c->token : "");
	fastcgi_ask(out, params, body);
}

/* 1 when the whole answer is there. */
static int
talk(int fd, const struct buf *out, struct fastcgi_reply *reply)
{
	struct pollfd p = { .fd = fd };
	size_t written = 0;
	int ended = 0;

	while (ended == 0) {
		p.events = written < out->len ? POLLIN | POLLOUT : POLLIN;
		if (poll(&p, 1, PATIENCE_MS) <= 0)
			return -1;
		if (p.revents & POLLOUT) {
			ssize_t n = send(fd, out->data + written, out->len - written, MSG_NOSIGNAL);
			written = n < 0 ? out->len : written + (size_t)n;
		}
		if ((p.revents & ~POLLOUT) == 0)
			continue;
		ssize_t n = read(fd, buf_reserve(&reply->in, 65536), 65536);
		if (n <= 0)
			return -1;
		reply->in.len += (size_t)n;
		ended = fastcgi_take(reply);
	}
	return ended;
}

/* The head aside, so that what follows a pipe reads the body as it is. */
static void
show(const struct fastcgi_head *head)
{
	bool ends = head->body.len > 0 && head->body.data[head->body.len - 1] == '\n';

	fprintf(stderr, "%.*s\n", (int)head->lines.len, (const char *)head->lines.data);
	fwrite(head->body.data, 1, head->body.len, stdout);
	if (isatty(STDOUT_FILENO) && head->body.len > 0 && !ends)
		putchar('\n');
}

static int
run(struct call *c)
{
	struct fastcgi_reply reply = { 0 };
	struct fastcgi_head head;
	struct buf out = { 0 };
	int fd = connect_to(c), code = EX_UNAVAILABLE;

	ask(c, &out);
	if (c->unknown)
		unknown(c);
	else if (fd < 0)
		unavailable(c, "it cannot be reached");
	else if (talk(fd, &out, &reply) < 0 || !fastcgi_head(&reply, &head))
		fprintf(stderr, "fn: %s ended without an answer; its log says why\n", c->name);
	else {
		show(&head);
		code = head.status < 400 ? 0 : 1;
	}
	if (fd >= 0)
		close(fd);
	buf_free(&out);
	fastcgi_free(&reply);
	return code;
}

/* A text, or what @FILE or - (standard input) holds. */
static int
take_data(struct call *c, const char *from)
{
	const char *file = strcmp(from, "-") == 0 ? from : from[0] == '@' ? from + 1 : NULL;

	buf_clear(&c->data);
	if (file == NULL)
		buf_str(&c->data, from);
	else if (draft_read(file, &c->data) < 0) {
		fprintf(stderr, "fn: %s: %s\n", file, strerror(errno));
		return EX_NOINPUT;
	}
	return 0;
}

static int
take_options(struct call *c, int argc, char **argv)
{
	int code = 0;

	for (int i = 0; code == 0 && i < argc; i += 2)
		if (i + 1 < argc && strcmp(argv[i], "--data") == 0)
			code = take_data(c, argv[i + 1]);
		else if (i + 1 < argc && strcmp(argv[i], "--type") == 0)
			c->type = argv[i + 1];
		else
			code = command_usage("behind the path come --data and --type, each with its value, or nothing");
	return code;
}

int
command_invoke(int argc, char **argv)
{
	struct call c = { .type = "application/json", .token = config_str("VIVA_TOKEN", NULL) };

	if (argc < 3)
		return command_usage("invoke needs a function, a method and a path");
	c.name = argv[0];
	c.method = argv[1];
	c.path = argv[2];
	if (c.name[0] == '\0' || c.name[strspn(c.name, "abcdefghijklmnopqrstuvwxyz")] != '\0')
		return command_usage("a function's name is lower-case letters");
	int code = take_options(&c, argc - 3, argv + 3);
	if (code == 0) {
		code = run(&c);
		clean_up(&c);
	}
	buf_free(&c.data);
	return code;
}
