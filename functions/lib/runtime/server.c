/*
 * server.c - see server.h.
 *
 * One request at a time: accept, parse, find the operation, check origin, caller, limits and body (in this order:
 * the cheap and the telling first), call the function, send its reply, run what it left for afterwards, forget
 * everything. Connections to the database and to Redis outlive requests; each heals itself.
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
#include "overload.h"
#include "queries_runtime.h"
#include "request.h"
#include "scoreboard.h"
#include "trace.h"
#include "zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sysexits.h>
#include <unistd.h>

#define ARENA_SIZE 65536
#define BODY_KEEP (1 << 20)	/* a reply's buffer above this is given back */
#define REDIS_TIMEOUT_MS 2000
#define HEAR_US 10000

static volatile sig_atomic_t stopping;

/* Where we say what we do; who started us gave us the place (scoreboard.h). */
static struct overload overload;
static struct board *board;
static struct slot *slot;

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
		overload_idle(&overload);	/* who has to wait for work is not overloaded, */
		pg_settle(pg);			/* and needs no connection that it has not needed yet */
		log_flush();
		n = epoll_pwait(watch, e, 2, -1, waiting);
	}
	for (int i = 0; i < n; i++)
		if (e[i].data.fd != STDIN_FILENO)
			stopping = 1;
}

/*
 * The next request: 0, or what failed. As long as there is one after another they are taken without waiting; but
 * signals and the end are only heard while we wait, so at times we do nevertheless. Told to end while woken for a
 * connection, we take it still: nobody else was woken for it.
 */
static int
next_request(struct pg *pg, FCGX_Request *fcgi, int watch, const sigset_t *waiting)
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

/* What is wrong with a request is told only to those who may make it. */
static void
refuse(struct request *r)
{
	struct err why = r->fn.err;

	err_clear(&r->fn.err);
	if (fn_confirm(&r->fn) == 0)
		r->fn.err = why;
	problem_reply(r);
}

/* Everything of the request before is forgotten, but for connections and memory. */
static void
begin(struct request *r, FCGX_Request *fcgi)
{
	struct request fresh = { .fcgi = fcgi, .body = r->body, .ended_sessions = r->ended_sessions };

	fresh.fn.arena = r->fn.arena;
	fresh.fn.pg = r->fn.pg;
	fresh.fn.redis = r->fn.redis;
	fresh.fn.realtime = r->fn.realtime;
	fresh.fn.signals = r->fn.signals;
	*r = fresh;
	buf_clear(&r->body);
	pg_bind(r->fn.pg, r->fn.arena, &r->fn.err);
	redis_bind(r->fn.redis, r->fn.arena, &r->fn.err);
}

static bool
is_request_id(const char *id)
{
	size_t n = 0;

	while ((id[n] >= '0' && id[n] <= '9') || (id[n] >= 'a' && id[n] <= 'f') || (id[n] >= 'A' && id[n] <= 'F')
	    || id[n] == '-')
		n++;
	return n > 0 && n <= 64 && id[n] == '\0';
}

/* The gateway gives each request an id; without one, or with a strange one, we make it. */
static const char *
request_id(struct request *r)
{
	const char *id = FCGX_GetParam("REQUEST_ID", r->fcgi->envp);
	char *made;

	if (id != NULL && is_request_id(id))
		return id;
	made = arena_alloc(r->fn.arena, ID_LEN + 1);
	id_new(made);
	return made;
}

/* Likewise the trace. */
static const char *
trace(struct request *r)
{
	char *name = arena_alloc(r->fn.arena, TRACE_LEN + 1);

	if (!trace_of(FCGX_GetParam("TRACEPARENT", r->fcgi->envp), name))
		trace_new(name);
	return name;
}

/* Since the gateway sent it, by its $msec (seconds with milliseconds): -1 where it did not say, or another day. */
static int64_t
waited_us(const struct request *r)
{
	const char *sent = FCGX_GetParam("REQUEST_SENT", r->fcgi->envp);
	char *end;

	if (sent == NULL)
		return -1;
	long long seconds = strtoll(sent, &end, 10);
	long ms = *end == '.' ? strtol(end + 1, NULL, 10) : -1;
	if (seconds < 0 || seconds > INT32_MAX * 16LL || ms < 0 || ms > 999)
		return -1;
	int64_t waited = clock_wall_ms() - (seconds * 1000 + ms);
	return waited >= 0 && waited < 86400000 ? waited * 1000 : -1;
}

static int
check(struct request *r, const struct function *f)
{
	if (request_parse(r) < 0)
		return -1;
	if (trigger_asked(r))
		return trigger_find(r, f) < 0 ? -1 : body_read(r);
	if (router_find(r, f) < 0 || origin_check(r) < 0 || router_params(r) < 0)
		return -1;
	if (who_check(r) < 0 || limits_check(r) < 0 || body_read(r) < 0)
		return -1;
	if (r->route->websocket && !r->handshake)
		return err_field(&r->fn.err, "Upgrade", "must be websocket: this address is for a WebSocket");
	return 0;
}

/* The operation. Where it ended and has not asked who calls, they are asked for, and what failed is called again. */
static int
call_operation(struct request *r)
{
	struct fn *fn = &r->fn;
	int done = r->route->call(fn, &r->call);

	if (fn->assumed == NULL)
		return done;
	err_clear(&fn->err);
	if (fn_confirm(fn) < 0)
		return -1;
	return done < 0 ? r->route->call(fn, &r->call) : done;
}

/* Nobody is asked for anything: who is refused here has waited in vain for too long already. */
static void
shed(struct request *r)
{
	r->shed = true;
	err_set(&r->fn.err, ERR_BUSY, "too many requests");
	problem_reply(r);
}

/* Calls the function and encodes what it answers. */
static int
call(struct request *r)
{
	static const char *const types[] = { [ROUTE_JSON] = "application/json",
		[ROUTE_OCTETS] = "application/octet-stream", [ROUTE_TEXT] = "text/plain; charset=utf-8" };
	const struct route *route = r->route;

	r->status = route->websocket ? 200 : route->status;	/* the gateway makes it 101 */
	r->call.out_octets = &r->body;
	if (route->out != NULL)
		r->call.out = arena_array(r->fn.arena, 1, route->out->size);
	if (call_operation(r) < 0)
		return -1;
	if (r->body_type == NULL)
		r->body_type = types[route->reply];
	if (route->out != NULL)
		shape_encode(&r->body, route->out, r->call.out);
	return 0;
}

/* One line a request. Successful octet operations, many a second for each who types, are for debugging only. */
static void
tell(const struct request *r, int64_t began)
{
	bool often = r->shed || (r->route != NULL && r->route->body == ROUTE_OCTETS && r->status < 300);
	const char *method = r->method != NULL ? r->method : "-", *path = r->route != NULL ? r->route->path : "-";
	const char *field = r->fn.err.kind == ERR_INVALID ? r->fn.err.field : "";

	log_msg(often ? LOG_DEBUG : LOG_INFO, "%.10s %s %d %lld us%s%s", method, path, r->status,
	    (long long)(clock_mono_us() - began), *field != '\0' ? " at " : "", field);
}

static void
run_after(struct request *r)
{
	if (r->after_count > 0)
		log_flush();
	for (size_t i = 0; i < r->after_count; i++) {
		err_clear(&r->fn.err);
		r->after[i].call(&r->fn, r->after[i].arg);
		if (r->fn.err.kind != ERR_NONE)
			log_warn("after the reply: %s", r->fn.err.detail);
	}
	if (r->sent)
		trigger_ring(r);
}

static void
serve(struct request *r, FCGX_Request *fcgi, const struct function *f)
{
	int64_t began = clock_mono_us();

	begin(r, fcgi);
	int64_t waited = waited_us(r);
	r->fn.request_id = request_id(r);
	r->fn.trace = trace(r);
	log_request(r->fn.request_id, r->fn.trace);
	board_begin(board, slot, r->fn.request_id, began, waited);
	overdue_from(fcgi->ipcFd, fcgi->requestId, r->fn.request_id);
	if (overload_refuses(&overload, STDIN_FILENO, began, waited))
		shed(r);
	else if (check(r, f) < 0 || call(r) < 0)
		refuse(r);
	overdue_until();
	reply_send(r);
	if (!r->shed)
		overload_served(&overload, clock_mono_us() - began);
	tell(r, began);
	r->fn.request_id = arena_strdup(r->fn.arena, r->fn.request_id);
	r->fn.address = arena_strdup(r->fn.arena, r->fn.address);
	connection_done(fcgi);
	board_answered(board, slot, operations_place(r->route), r->status, clock_mono_us());
	run_after(r);
	if (r->watches)
		redis_watch_open(r->ended_sessions);	/* of use from the next request on */
	log_request(NULL, NULL);
	if (r->body.cap > BODY_KEEP)
		buf_free(&r->body);
	arena_reset(r->fn.arena);
	board_state(slot, SLOT_IDLE, clock_mono_us());
}

void
fn_after(struct fn *fn, void (*call)(struct fn *, void *), void *arg)
{
	struct request *r = request_of(fn);

	if (r->after_count == sizeof(r->after) / sizeof(*r->after))
		abort();
	r->after[r->after_count++] = (struct after){ call, arg };
}

void
fn_tell_room(struct fn *fn, const char *room, const struct buf *json)
{
	struct err e = { 0 };

	const char *channel = arena_printf(fn->arena, "room.%s", room);
	if (realtime_publish_text(fn->realtime, &e, channel, json->data, json->len) < 0)
		log_warn("the room was not told: %s", e.detail);
}

/* fnd's; started by anybody else, we keep it to ourselves. */
static int
open_board(void)
{
	board = zygote_wanted() ? board_map(ZYGOTE_BOARD) : board_private();
	if (board != NULL && zygote_wanted())
		close(ZYGOTE_BOARD);	/* by which it could be cut off under fnd's feet */
	if (board != NULL)
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
	log_error("%s", e.detail);
	return e.kind == ERR_BUSY ? 0 : EX_SOFTWARE;
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
	return (confine_lacks() && slot->served > 0)
	    || (board->limits.requests > 0 && slot->served >= board->limits.requests);
}

/* Whether the first request of a worker needs PostgreSQL is asked when the next one is forked (zygote.c). */
static void
learn(struct fn *fn)
{
	if (slot->served == 1)
		atomic_store(&board->first_asked, pg_settle(fn->pg));
}

/* Until it is told to end, or has served as many as it may. */
static int
work(struct request *r, const struct function *f, int place, int lifeline)
{
	FCGX_Request fcgi;
	sigset_t waiting;

	slot = &board->slots[place];
	handle_signals(&waiting);
	int watch = watch_socket(lifeline);
	if (watch < 0 || connection_prepare(&fcgi, STDIN_FILENO) < 0 || confine() < 0)
		return EX_OSERR;
	board_state(slot, SLOT_IDLE, clock_mono_us());
	if (lifeline >= 0)
		zygote_serves(place);
	while (!stopping && !is_worn()) {
		int error = next_request(r->fn.pg, &fcgi, watch, &waiting);
		if (error == 0) {
			serve(r, &fcgi, f);
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
		operations_open(board, f);
	if (code == 0 && zygote_wanted()) {
		pg_disconnect(r.fn.pg);	/* each worker has its own */
		confine_prepare();	/* where that fails each worker tries again, and says so */
		place = zygote_run(board, r.fn.pg, &lifeline);
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
