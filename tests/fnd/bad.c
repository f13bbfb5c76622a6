/*
 * bad.c - a function that does whatever a function must not. fnd and the runtime around it are the real ones.
 *
 * GET /api/bad/<what>; `ok` and `pid` behave. No operation of it is in api.yaml, so the table is written by hand.
 */
#include "buf.h"
#include "log.h"
#include "request.h"
#include "route.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int
ok(struct fn *fn, const struct route_call *call)
{
	(void)fn;
	buf_str(call->out_octets, "ok");
	return 0;
}

static int
pid(struct fn *fn, const struct route_call *call)
{
	(void)fn;
	buf_printf(call->out_octets, "%d", (int)getpid());
	return 0;
}

static int
segfault(struct fn *fn, const struct route_call *call)
{
	(void)fn;
	(void)call;
	raise(SIGSEGV);
	abort();
}

/* For half a minute: longer than any deadline here, shorter than for ever should a test fail. */
static int
hang(struct fn *fn, const struct route_call *call)
{
	(void)fn;
	(void)call;
	for (int i = 0; i < 300; i++)
		usleep(100000);
	return 0;
}

/* Hears nothing but SIGKILL meanwhile. */
static int
deaf(struct fn *fn, const struct route_call *call)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	return hang(fn, call);
}

static int
slow(struct fn *fn, const struct route_call *call)
{
	usleep(50000);
	return ok(fn, call);
}

static int
leak(struct fn *fn, const struct route_call *call)
{
	for (;;) {
		void *lost = malloc(1 << 20);
		if (lost == NULL)
			abort();
		memset(lost, 1, 1 << 20);
	}
	return ok(fn, call);
}

static int
give_up(struct fn *fn, const struct route_call *call)
{
	(void)fn;
	(void)call;
	abort();
}

static int
flood(struct fn *fn, const struct route_call *call)
{
	for (int i = 0; i < 20000; i++)
		log_error("%0500d", i);
	return ok(fn, call);
}

/* The socket that all workers share: this one can take nobody any more. */
static int
close_socket(struct fn *fn, const struct route_call *call)
{
	close(0);
	return ok(fn, call);
}

/* Nobody could connect any more, whoever else listens at it: it is the socket that is shut, not our descriptor. */
static int
shut_socket(struct fn *fn, const struct route_call *call)
{
	if (shutdown(0, SHUT_RDWR) < 0)
		buf_str(call->out_octets, "not ");
	return ok(fn, call);
}

/* What fnd has mapped, too. */
static int
cut_board(struct fn *fn, const struct route_call *call)
{
	if (ftruncate(3, 0) < 0)
		buf_str(call->out_octets, "not ");
	return ok(fn, call);
}

/* A descriptor's owner is told of what happens there, by a signal that who owns the descriptor chooses. */
static int
kill_by_descriptor(struct fn *fn, const struct route_call *call)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		abort();
	if (fcntl(ends[0], F_SETOWN, getppid()) < 0 || fcntl(ends[0], F_SETSIG, SIGKILL) < 0)
		buf_str(call->out_octets, "not ");
	return ok(fn, call);
}

/* 100 MB that are no text, and never an end of a line. */
static int
flood_whole(struct fn *fn, const struct route_call *call)
{
	static char much[1 << 16];

	memset(much, 0xfe, sizeof(much));
	for (int i = 0; i < 1600; i++)
		if (write(2, much, sizeof(much)) < 0)
			break;
	return ok(fn, call);
}

static int
spin(struct fn *fn, const struct route_call *call)
{
	(void)fn;
	(void)call;
	for (volatile int i = 1; i != 0; i = 1)
		continue;
	return 0;
}

static int
deaf_spin(struct fn *fn, const struct route_call *call)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	return spin(fn, call);
}

static void
write_all(struct fn *fn, const char *bytes, size_t n)
{
	if (write(request_of(fn)->fcgi->ipcFd, bytes, n) < 0)
		abort();
}

/* The answer's head, and no more. */
static int
die_behind_head(struct fn *fn, const struct route_call *call)
{
	(void)call;
	write_all(fn, "\1\6\0\1\0\16\0\0Status: 200\r\n\r\n", 23);
	_exit(0);
}

/* Then another answer comes behind the end of this one. */
static int
answer_twice(struct fn *fn, const struct route_call *call)
{
	write_all(fn, "\1\6\0\1\0\20\0\0Status: 200\r\n\r\nx", 24);
	write_all(fn, "\1\3\0\1\0\10\0\0\0\0\0\0\0\0\0\0", 16);
	return ok(fn, call);
}

/* What is no FastCGI. */
static int
garbage(struct fn *fn, const struct route_call *call)
{
	(void)call;
	write_all(fn, "HTTP/1.1 200 OK\r\n\r\nsecret", 25);
	_exit(0);
}

/* Without a word, and without having answered. */
static int
leave(struct fn *fn, const struct route_call *call)
{
	(void)fn;
	(void)call;
	exit(0);
}

#define OPERATION(what) \
	{ .method = "GET", .path = "/api/bad/" #what, .id = "bad_" #what, .who = WHO_PUBLIC, .status = 200, \
		.call = what, .reply = ROUTE_TEXT }

static const struct route routes[] = { OPERATION(ok), OPERATION(pid), OPERATION(segfault), OPERATION(hang),
	OPERATION(deaf), OPERATION(slow), OPERATION(leak), OPERATION(give_up), OPERATION(flood),
	OPERATION(close_socket), OPERATION(leave), OPERATION(shut_socket), OPERATION(cut_board),
	OPERATION(kill_by_descriptor),
	OPERATION(flood_whole), OPERATION(spin), OPERATION(deaf_spin), OPERATION(die_behind_head),
	OPERATION(answer_twice), OPERATION(garbage),
	{ .method = "GET", .path = "/api/bad/listen", .id = "bad_listen", .who = WHO_PUBLIC, .call = ok,
		.websocket = true } };

const struct function function_table = { .name = "bad", .routes = routes,
	.routes_count = sizeof(routes) / sizeof(*routes) };
