/*
 * append.c - POST /api/rooms/{room}/docs/{document}/updates: store edits, then show them.
 *
 * Theory of operation. The body is y-protocols messages. Each is parsed and checked here; updates are
 * merged into one. append.lua then decides, in one step, whether this participant may write under
 * these client ids at these clocks, and stores. Only then is anything published, and only then is
 * 204 answered: what anyone has seen is in the log, and what is answered is, too.
 *
 * Who calls may come from memory (fn_confirm() of fn.h): append.lua looks first whether that still holds.
 *
 * A resend (the answer got lost) is recognised by its clocks: what the log has is cut off, and
 * when nothing remains nothing is stored. A sync step 2 after a reconnect carries every delete of the
 * document, so it is tried on the stored state, lest the log grow by them each time; so is what may take
 * long to integrate.
 *
 * Requests overtake one another, so that an edit may come before the one it follows. It waits in the log
 * then, within the bounds of append.lua; beyond them 409 asks its author to sync, and a sync step 1 asks
 * everybody in the room.
 */
#include "docs.h"

#include "clock.h"
#include "log.h"
#include "lua_docs.h"
#include "room_left.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGES_MAX 1024
#define AWARENESS_CLIENTS_MAX 4
#define AWARENESS_STATE_MAX 4096
#define CUTS_MAX 3	/* someone else may append in between; more often than this is an attack */
#define PIECES_MAX 3900 /* Lua unpacks some 8,000 values, and takes two for each */
#define KEYS 6
#define FIXED_ARGS (KEYS + 11)	/* keys and arguments of append.lua besides its lists */
#define WEIGHED_COUNT 240	/* as often as docs_sync, which they follow; the gateway cannot tell them from edits */
#define WEIGHED_S 60
#define STEPS_MAX (4u << 20)	/* that one update may take to integrate; some 10 ms */

/* What a body holds, checked. */
struct post {
	struct buf update;		/* all its updates, merged; nothing where has_update is false */
	bool has_update, resync;
	bool weighed;			/* the document takes the update in a bounded time */
	struct buf awareness;		/* awareness messages as they came, framed */
	uint64_t *speaks_for;		/* the client ids in them */
	size_t speaks_for_count;
};

static void
free_post(void *arg)
{
	struct post *post = arg;

	buf_free(&post->update);
	buf_free(&post->awareness);
}

static int
take_awareness(struct fn *fn, struct post *post, struct bytes payload)
{
	struct yjs_presence *states;
	size_t n;

	if (yjs_awareness_decode(fn->arena, payload, AWARENESS_CLIENTS_MAX, AWARENESS_STATE_MAX, &states, &n,
	    &fn->err) < 0)
		return -1;
	uint64_t *ids = arena_array(fn->arena, post->speaks_for_count + n, sizeof(*ids));
	if (post->speaks_for_count > 0)
		memcpy(ids, post->speaks_for, post->speaks_for_count * sizeof(*ids));
	for (size_t i = 0; i < n; i++)
		ids[post->speaks_for_count + i] = states[i].client;
	post->speaks_for = ids;
	post->speaks_for_count += n;
	yjs_frame_write(&post->awareness, YJS_AWARENESS, payload);
	return 0;
}

/* Takes the body apart; its updates are checked, and become one. */
static int
take_messages(struct fn *fn, const struct doc *d, struct bytes in, struct post *post)
{
	struct bytes *updates = arena_array(fn->arena, MESSAGES_MAX, sizeof(*updates));
	struct yjs_frame frame;
	size_t n = 0;
	int got;

	while ((got = yjs_frame_next(&in, &frame, &fn->err)) > 0) {
		if (frame.kind == YJS_AWARENESS) {
			if (post->speaks_for_count >= MESSAGES_MAX)
				return err_set(
				    &fn->err, ERR_TOO_LARGE, "at most %d messages in one request", MESSAGES_MAX);
			if (take_awareness(fn, post, frame.payload) < 0)
				return -1;
			continue;
		}
		if (frame.kind != YJS_SYNC_UPDATE && frame.kind != YJS_SYNC_STEP2)
			return err_set(
			    &fn->err, ERR_INVALID, "only updates, sync step 2 and awareness can be posted here");
		if (n == MESSAGES_MAX)
			return err_set(&fn->err, ERR_TOO_LARGE, "at most %d messages in one request", MESSAGES_MAX);
		post->resync |= frame.kind == YJS_SYNC_STEP2;
		if (!yjs_is_empty(frame.payload))
			updates[n++] = frame.payload;
	}
	if (got < 0)
		return -1;
	post->has_update = n > 0;
	return n == 0 ? 0 : yjs_merge(&post->update, updates, n, &d->limits, &fn->err);
}

static const struct assumption nothing_assumed = { "", "", "", "", "" };

/* The arguments of append.lua; see there. */
static struct bytes *
script_args(struct fn *fn, const struct doc *d, const struct post *post, const struct yjs_ranges *ranges,
    const struct yjs_needs *needs, int *count)
{
	const struct assumption *assumed = fn->assumed != NULL ? fn->assumed : &nothing_assumed;
	const struct yjs_sv *wanted = &needs->clocks;
	size_t n = 0, lists = 3 * ranges->n + 2 * wanted->n + post->speaks_for_count;
	struct bytes *v = arena_array(fn->arena, FIXED_ARGS + lists, sizeof(*v));
#define ARG(text) v[n++] = bytes_of(text)
#define NUM(value) ARG(arena_printf(fn->arena, "%" PRIu64, (uint64_t)(value)))

	ARG(d->log);
	ARG(d->clients);
	ARG(d->clocks);
	ARG(d->leases);
	ARG(assumed->members);
	ARG(assumed->gone);
	ARG(fn->me.participant);
	NUM(clock_wall_ms());
	ARG(post->resync ? "resync" : "update");
	v[n++] = post->has_update ? buf_bytes(&post->update) : (struct bytes){ (const uint8_t *)"", 0 };
	NUM(post->has_update ? document_weight(buf_bytes(&post->update)) : 0);
	NUM(post->weighed ? 0 : needs->jumps);
	ARG(assumed->subject);
	ARG(assumed->entry);
	ARG(assumed->ended);
	NUM(ranges->n);
	for (size_t i = 0; i < ranges->n; i++) {
		NUM(ranges->v[i].client);
		NUM(ranges->v[i].start);
		NUM(ranges->v[i].end);
	}
	NUM(wanted->n);
	for (size_t i = 0; i < wanted->n; i++) {
		NUM(wanted->v[i].client);
		NUM(wanted->v[i].clock);
	}
	for (size_t i = 0; i < post->speaks_for_count; i++)
		NUM(post->speaks_for[i]);
#undef NUM
#undef ARG
	*count = (int)n;
	return v;
}

/* Cuts off what the log has: reply is {'known', client, next, ...}. */
static int
cut_known(struct fn *fn, const struct doc *d, struct post *post, const redisReply *reply)
{
	struct yjs_sv known = { .n = (reply->elements - 1) / 2 };
	struct buf sv = { 0 }, rest = { 0 };

	known.v = arena_array(fn->arena, known.n, sizeof(*known.v));
	for (size_t i = 0; i < known.n; i++)
		known.v[i] = (struct yjs_clock){ strtoull(reply->element[1 + 2 * i]->str, NULL, 10),
			(uint32_t)strtoul(reply->element[2 + 2 * i]->str, NULL, 10) };
	yjs_sv_encode(&sv, &known);
	int failed = yjs_diff(&rest, buf_bytes(&post->update), buf_bytes(&sv), &d->limits, &fn->err);
	buf_free(&sv);
	if (failed < 0) {
		buf_free(&rest);
		return -1;
	}
	buf_free(&post->update);
	post->update = rest;
	post->has_update = !yjs_is_empty(buf_bytes(&rest));
	return 0;
}

static struct doc *
copy_of(struct fn *fn, const struct doc *d)
{
	struct doc *copy = arena_alloc(fn->arena, sizeof(*copy));

	*copy = *d;
	return copy;
}

static int
refuse(struct fn *fn, const struct doc *d, const char *why, const redisReply *reply)
{
	const char *client = reply->elements > 1 ? reply->element[1]->str : "";

	if (strcmp(why, "foreign") == 0)
		return err_set(&fn->err, ERR_DENIED, "client id %s belongs to somebody else in this room", client);
	if (strcmp(why, "gap") == 0) {
		fn_after(fn, document_ask_room, copy_of(fn, d));
		return err_set(
		    &fn->err, ERR_CONFLICT, "edits of client %s are missing before these: sync first", client);
	}
	if (strcmp(why, "clients") == 0)
		return err_set(&fn->err, ERR_TOO_LARGE, "too many client ids have written to this document");
	if (strcmp(why, "full") == 0)
		return err_set(&fn->err, ERR_TOO_LARGE,
		    "this document is full: it can be read, and takes no more edits; go on in a new room");
	if (strcmp(why, "crowded") == 0) {
		fn_after(fn, document_want_checkpoint, copy_of(fn, d));
		return err_set(&fn->err, ERR_BUSY, "the document is being compacted: try again");
	}
	return err_set(&fn->err, ERR_INTERNAL, "append.lua: %s", why);
}

/*
 * Tries the update on the stored document, which costs a read of it: conflicts can be chosen so that integrating takes
 * hours, here and in every browser. Also tells whether it only repeats what the document has, as most resyncs do: then
 * nothing changes by it and nothing more waits.
 */
static int
weigh(struct fn *fn, const struct doc *d, struct post *post)
{
	struct yjs_doc *doc;
	struct yjs_applied applied;

	if (fn_limit(fn, "docs_weigh", fn->who->subject, WEIGHED_COUNT, WEIGHED_S) < 0)
		return -1;
	if (document_read(fn, d, &doc) < 0)
		return -1;
	size_t waiting = yjs_doc_waiting(doc);
	yjs_doc_set_work(doc, STEPS_MAX);
	if (yjs_doc_apply(doc, buf_bytes(&post->update), &d->limits, &applied, &fn->err) < 0) {
		if (fn->err.kind != ERR_INTERNAL)
			return -1;
		err_clear(&fn->err);
		return err_set(&fn->err, ERR_TOO_LARGE, "these edits conflict with too many others at the same place");
	}
	post->weighed = true;
	post->has_update = applied.changed || applied.dropped || applied.waiting != waiting;
	return 0;
}

/* Reading is for all who are in the room, and so is awareness. */
static int
may_write(struct fn *fn, const struct doc *d, const struct post *post)
{
	if (document_allowed(fn, d) < 0)
		return -1;
	if (!post->has_update)
		return 0;
	if (strcmp(fn->me.role, "observer") == 0)
		return err_set(&fn->err, ERR_DENIED, "observers cannot edit");
	if (fn->me.ended)
		return err_set(&fn->err, ERR_GONE, "this room has ended: it can be read but not changed");
	return 0;
}

/* 1 stored, and whether the log has become long; 0 ask again, since something was put right; -1. */
static int
try_store(struct fn *fn, const struct doc *d, struct post *post, bool *is_long)
{
	struct yjs_ranges ranges = { 0 };
	struct yjs_needs needs = { 0 };
	struct bytes update = buf_bytes(&post->update);
	int argc;

	if (post->has_update && (yjs_ranges(fn->arena, update, &d->limits, &ranges, NULL, &fn->err) < 0 ||
	    yjs_needs(fn->arena, update, &d->limits, &needs, &fn->err) < 0))
		return -1;
	if (ranges.n + post->speaks_for_count > PIECES_MAX || needs.clocks.n > PIECES_MAX)
		return err_set(&fn->err, ERR_TOO_LARGE, "at most %d pieces of clients in one request", PIECES_MAX);
	struct bytes *argv = script_args(fn, d, post, &ranges, &needs, &argc);
	redisReply *reply = redis_eval(fn->redis, &lua_append, KEYS, argc, argv);
	const bool changed = reply != NULL && strcmp(reply->element[0]->str, "who") == 0;
	if (changed)
		return fn_confirm(fn) < 0 ? -1 : may_write(fn, d, post);
	fn->assumed = NULL;	/* a script that did not answer may have stored */
	if (reply == NULL)
		return -1;
	const char *verdict = reply->element[0]->str;
	if (strcmp(verdict, "ok") == 0) {
		*is_long = reply->element[1]->integer >= DOCUMENT_TAIL_MAX ||
		    reply->element[2]->integer >= DOCUMENT_TAIL_WEIGHT;
		return 1;
	}
	if (strcmp(verdict, "rebuild") == 0)
		return document_rebuild(fn, d);
	if (strcmp(verdict, "known") == 0)
		return cut_known(fn, d, post, reply);
	if (strcmp(verdict, "weigh") == 0)
		return weigh(fn, d, post);
	return refuse(fn, d, verdict, reply);
}

static int
store(struct fn *fn, const struct doc *d, struct post *post)
{
	bool is_long = false;
	int done = 0;

	if (post->has_update && room_left(&fn->err) < 0)
		return -1;
	if (post->resync && post->has_update && weigh(fn, d, post) < 0)
		return -1;
	for (int tries = 0; done == 0; tries++) {
		if (tries > CUTS_MAX)
			return err_set(&fn->err, ERR_BUSY, "the document is being written too fast: try again");
		if ((done = try_store(fn, d, post, &is_long)) < 0)
			return -1;
	}
	if (is_long)
		fn_after(fn, document_want_checkpoint, copy_of(fn, d));
	return 0;
}

/* One message for everything in the request: fewer wake-ups for everybody. */
static void
show(struct fn *fn, const struct doc *d, const struct post *post)
{
	struct buf out = { 0 };
	struct err err = { 0 };

	if (post->has_update)
		yjs_frame_write(&out, YJS_SYNC_UPDATE, buf_bytes(&post->update));
	buf_add(&out, post->awareness.data, post->awareness.len);
	if (out.len > 0 && realtime_publish(fn->realtime, &err, arena_printf(fn->arena, "doc.%s.%s", d->room, d->name),
	    out.data, out.len) < 0)
		log_warn("stored but not shown until the next sync: %s", err.detail);
	buf_free(&out);
}

int
docs_append(struct fn *fn, const struct docs_append_params *params, struct bytes in)
{
	struct post *post = arena_array(fn->arena, 1, sizeof(*post));
	struct doc d;

	arena_defer(fn->arena, free_post, post);
	if (document_open(fn, params->room, params->document, &d) < 0 || take_messages(fn, &d, in, post) < 0 ||
	    may_write(fn, &d, post) < 0)
		return -1;
	if (!post->has_update && post->awareness.len == 0)
		return 0;
	if (store(fn, &d, post) < 0)
		return -1;
	show(fn, &d, post);
	return 0;
}
