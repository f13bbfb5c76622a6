/*
 * bad.c - a function that does whatever a function must not. fnd and the runtime around it are the real ones.
 *
 * GET /api/bad/<what>; `ok` and `pid` behave. No operation of it is in api.yaml, so the table is written by hand.
 */
#include "buf.h"
#include "log.h"
#include "route.h"

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
	OPERATION(deaf), OPERATION(slow), OPERATION(leak), OPERATION(flood), OPERATION(close_socket),
	OPERATION(leave) };

const struct function function_table = { .name = "bad", .routes = routes,
	.routes_count = sizeof(routes) / sizeof(*routes) };
