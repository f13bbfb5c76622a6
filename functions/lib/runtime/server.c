/*
 * server.c - see server.h.
 *
 * One request at a time (serve.c). Connections to the database and to Redis outlive requests; each heals itself.
 *
 * At start the function's SQL is checked. SQL that does not fit the schema ends the process, so that a bad
 * deploy fails at once; a database that is away does not. Then, where fnd started it, the process forks workers
 * (zygote.c), and they serve; otherwise it serves by itself.
 */
#include "server.h"

#include "clock.h"
#include "config.h"
#include "confine.h"
#include "connection.h"
#include "life.h"
#include "log.h"
#include "operations.h"
#include "queries_runtime.h"
#include "serve.h"
#include "zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sysexits.h>
#include <unistd.h>

#define ARENA_SIZE 65536
#define REDIS_TIMEOUT_MS 2000
#define HEAR_US 10000

static volatile sig_atomic_t stopping;
static struct worker worker;	/* a process is one */

static void
stop(int signal)
{
	(void)signal;
	stopping = 1;
}

/* Woken is all that is wanted. */
static void
look_again(int signal)
{
	(void)signal;
}

/* These are blocked but in wait_for_request(); what else they would interrupt fails in libfcgi. */
static void
handle_signals(sigset_t *waiting)
{
	static const struct {
		int signal;
		void (*handler)(int);
	} ours[] = { { SIGTERM, stop }, { SIGINT, stop }, { ZYGOTE_KICK, look_again } };
	sigset_t blocked;

	sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++) {
		sigaction(ours[i].signal, &(struct sigaction){ .sa_handler = ours[i].handler }, NULL);
		sigaddset(&blocked, ours[i].signal);
	}
	sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
	sigprocmask(SIG_BLOCK, &blocked, waiting);
	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		sigdelset(waiting, ours[i].signal);
}

/*
 * The workers of a function share its listening socket. EPOLLEXCLUSIVE wakes one of them for a connection, not all:
 * of those who wait, who began to watch first. So few workers have all the work and the others none, and can be
 * told to leave. It does not block: one who comes too late waits here again, and not in accept(2).
 */
static int
watch_socket(int lifeline)
{
	struct epoll_event request = { .events = EPOLLIN | EPOLLEXCLUSIVE, .data.fd = STDIN_FILENO };
	struct epoll_event end = { .data.fd = lifeline };
	int flags = fcntl(STDIN_FILENO, F_GETFL), watch = epoll_create1(EPOLL_CLOEXEC);

	if (flags < 0 || watch < 0 || fcntl(STDIN_FILENO, F_SETFL, flags | O_NONBLOCK) < 0
	    || epoll_ctl(watch, EPOLL_CTL_ADD, STDIN_FILENO, &request) < 0
	    || (lifeline >= 0 && epoll_ctl(watch, EPOLL_CTL_ADD, lifeline, &end) < 0)) {
		log_error("file descriptor 0 must be a listening socket: %s (start functions by fnd)", strerror(errno));
		return -1;
	}
	return watch;
}

/* Until there is something to accept, or we are told to end. `idle`: nothing is, we have just tried. */
static void
wait_for_request(struct pg *pg, int watch, const sigset_t *waiting, bool idle)
{
	struct epoll_event e[2];
	int n = idle ? 0 : epoll_pwait(watch, e, 2, 0, waiting);

	if (n == 0) {
		/* Who has to wait for work is not overloaded, and needs no connection that it has not needed yet. */
		overload_idle(&worker.overload, clock_mono_us());
		pg_settle(pg);
		n = epoll_pwait(watch, e, 2, log_wait(), waiting);
	}
	if (n == 0) {
		log_flush();
		n = epoll_pwait(watch, e, 2, -1, waiting);
	}
	for (int i = 0; i < n; i++)
		if (e[i].data.fd != STDIN_FILENO)
			stopping = 1;
}

/*
 * The next connection: 0, or what failed. As long as there is one after another they are taken without waiting; but
 * signals and the end are only heard while we wait, so at times we do nevertheless. Told to end while woken for a
 * connection, we take it still: nobody else was woken for it.
 */
static int
next_connection(struct pg *pg, FCGX_Request *fcgi, int watch, const sigset_t *waiting)
{
	static int64_t heard;
	bool recent = clock_mono_us() - heard < HEAR_US;
	int error = recent ? connection_take(fcgi) : EAGAIN;

	if (error != EAGAIN)
		return error;
	wait_for_request(pg, watch, waiting, recent);
	heard = clock_mono_us();
	return connection_take(fcgi);
}

/* The next request, likewise. The worker is at it as soon as it has come, whatever the gateway has sent of it. */
static int
next_request(struct pg *pg, FCGX_Request *fcgi, int watch, const sigset_t *waiting)
{
	int error = next_connection(pg, fcgi, watch, waiting);

	if (error != 0)
		return error;
	board_come(worker.slot, clock_mono_us());
	if ((error = connection_read(fcgi)) != 0)
		board_state(worker.slot, SLOT_IDLE, clock_mono_us());
	return error;
}

static void
open_services(struct fn *fn, const struct function *f)
{
	const char *redis = config_str("VIVA_REDIS", "/run/viva/state/run/redis.sock");

	fn->arena = arena_new(ARENA_SIZE);
	fn->pg = pg_new(config_str("VIVA_PG", ""));
	pg_register(fn->pg, queries_runtime, queries_runtime_count);
	for (size_t i = 0; f->queries[i].statements != NULL; i++)
		pg_register(fn->pg, f->queries[i].statements, *f->queries[i].count);
	fn->redis = redis_new(redis, REDIS_TIMEOUT_MS);
	request_of(fn)->ended_sessions = redis_watch_new(redis, "session:gone:", REDIS_TIMEOUT_MS);
	fn->realtime = realtime_new(config_str("VIVA_REALTIME", "/run/viva/state/run/realtime.sock"));
	fn->signals = realtime_new(config_str("VIVA_SIGNALS", "/run/viva/state/run/signals.sock"));
}

static void
close_services(struct fn *fn)
{
	pg_free(fn->pg);
	redis_free(fn->redis);
	redis_watch_free(request_of(fn)->ended_sessions);
	realtime_free(fn->realtime);
	realtime_free(fn->signals);
	arena_free(fn->arena);
}

/* fnd's; started by anybody else, we keep it to ourselves. */
static int
open_board(void)
{
	worker.board = zygote_wanted() ? board_map(ZYGOTE_BOARD) : board_private();
	if (worker.board != NULL && zygote_wanted())
		close(ZYGOTE_BOARD);	/* by which it could be cut off under fnd's feet */
	if (worker.board != NULL)
		return 0;
	log_error("descriptor %d is no scoreboard of this build: %s", ZYGOTE_BOARD, strerror(errno));
	return -1;
}

/* Whether the process can serve at all: keys are there, SQL fits the schema. */
static int
prepare(struct fn *fn)
{
	struct err e = { 0 };

	if (open_board() < 0)
		return EX_CONFIG;
	if (who_init(&e) < 0) {
		log_error("%s", e.detail);
		return EX_CONFIG;
	}
	pg_bind(fn->pg, fn->arena, &e);
	if (pg_check(fn->pg) == 0)
		return 0;
	bool away = e.kind == ERR_BUSY;	/* who needs it says so then */
	log_msg(away ? LOG_WARN : LOG_ERROR, "%s", e.detail);
	return away ? 0 : EX_SOFTWARE;
}

/* What accept(2) says where there is nothing to accept after all, or not now. */
static bool
is_passing(int error)
{
	return error == EAGAIN || error == EINTR || error == ECONNABORTED || error == EMFILE || error == ENFILE
	    || error == ENOBUFS || error == ENOMEM;
}

/* Who lacks something serves one request, which may not need it: another may find it there. */
static bool
is_worn(void)
{
	uint64_t served = worker.slot->served, most = worker.board->limits.requests;

	return ((confine_lacks() || live_is_over()) && served > 0) || (most > 0 && served >= most);
}

/* Whether the first request of a worker needs PostgreSQL is asked when the next one is forked (zygote.c). */
static void
learn(struct fn *fn)
{
	if (worker.slot->served == 1)
		atomic_store(&worker.board->first_asked, pg_settle(fn->pg));
}

/* Until it is told to end, or has served as many as it may. */
static int
work(struct request *r, const struct function *f, int place, int lifeline)
{
	FCGX_Request fcgi;
	sigset_t waiting;

	worker.slot = &worker.board->slots[place];
	handle_signals(&waiting);
	live_begin();
	int watch = watch_socket(lifeline);
	if (watch < 0 || connection_prepare(&fcgi, STDIN_FILENO) < 0 || confine() < 0)
		return EX_OSERR;
	board_state(worker.slot, SLOT_IDLE, clock_mono_us());
	if (lifeline >= 0)
		zygote_serves(place);
	while (!stopping && !is_worn()) {
		int error = next_request(r->fn.pg, &fcgi, watch, &waiting);
		if (error == 0) {
			serve(r, &fcgi, f, &worker);
			learn(&r->fn);
		} else if (!is_passing(error)) {
			log_error("nothing can be accepted any more: %s", strerror(error));
			return EX_OSERR;
		}
	}
	close(watch);
	return 0;
}

int
server_run(const struct function *f)
{
	struct request r = { 0 };
	int place = 0, lifeline = -1;

	open_services(&r.fn, f);
	int code = prepare(&r.fn);
	if (code == 0)
		operations_open(worker.board, f);
	if (code == 0 && zygote_wanted()) {
		confine_prepare();	/* where that fails each worker tries again, and says so */
		place = zygote_run(worker.board, r.fn.pg, &lifeline);
	}
	if (code == 0 && place >= 0) {
		log_gather();
		code = work(&r, f, place, lifeline);
		log_flush();
	}
	buf_free(&r.body);
	close_services(&r.fn);
	return code;
}
