/*
 * serve.c - see serve.h. Also what fn.h has for afterwards and for everybody in a room.
 *
 * Parse, find the operation, check origin, caller, limits and body (in this order: the cheap and the telling first),
 * call the function, send its reply, run what it left for afterwards, forget everything.
 */
#include "serve.h"

#include "clock.h"
#include "connection.h"
#include "life.h"
#include "log.h"
#include "operations.h"
#include "trace.h"

#include <stdlib.h>
#include <unistd.h>

#define BODY_KEEP (1 << 20)	/* a reply's buffer above this is given back */

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

void
serve(struct request *r, FCGX_Request *fcgi, const struct function *f, struct worker *w)
{
	int64_t began = board_since(w->slot);

	begin(r, fcgi);
	int64_t waited = waited_us(r);
	r->fn.request_id = request_id(r);
	r->fn.trace = trace(r);
	log_request(r->fn.request_id, r->fn.trace);
	board_begin(w->board, w->slot, r->fn.request_id, waited);
	overdue_from(fcgi->ipcFd, fcgi->requestId, r->fn.request_id);
	if (overload_refuses(&w->overload, STDIN_FILENO, began, waited))
		shed(r);
	else if (check(r, f) < 0 || call(r) < 0)
		refuse(r);
	overdue_until();
	reply_send(r);
	if (!r->shed)
		overload_served(&w->overload, clock_mono_us() - began);
	tell(r, began);
	r->fn.request_id = arena_strdup(r->fn.arena, r->fn.request_id);
	r->fn.address = arena_strdup(r->fn.arena, r->fn.address);
	connection_done(fcgi);
	board_answered(w->board, w->slot, operations_place(r->route), r->status, clock_mono_us());
	run_after(r);
	if (r->watches)
		redis_watch_open(r->ended_sessions);	/* of use from the next request on */
	log_request(NULL, NULL);
	if (r->body.cap > BODY_KEEP)
		buf_free(&r->body);
	arena_reset(r->fn.arena);
	board_state(w->slot, SLOT_IDLE, clock_mono_us());
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
