/*
 * checkpoint.c - moves the tail of a document's log from Redis to PostgreSQL.
 *
 * The handler of the queue `checkpoint`: append.c sends a message when the stream has grown long, rooms when an
 * interview ends. Doing it twice does nothing the second time. Compacting goes through the document, which is
 * some ten times smaller than the merged log. One transaction stores the compacted state and, untouched, the
 * entries that it took in; the checkpoint moves only from the log_id that was read, so two at once cannot lose
 * an entry: the second changes no row and goes away. Then, and only then, the stream is trimmed, up to the last
 * entry that was read (trim.lua): what was appended meanwhile stays.
 */
#include "docs.h"

#include "log.h"
#include "lua_docs.h"
#include "queries_docs.h"
#include "segment.h"

#define LOAD_STEPS_MAX (32u << 20)	/* half of what the engine takes for broken; some 100 ms */

static void
pack(const struct doc_state *s, struct buf *out)
{
	for (size_t i = 0; i < s->tail_count; i++) {
		struct segment_record r = { .participant = s->tail[i].participant, .update = s->tail[i].update };
		document_log_id((const char *)s->tail[i].id.data, &r.ms, &r.seq);
		segment_add(out, &r);
	}
}

/* The bindings as a JSON object of digits and ids: nothing in it needs escaping. */
static int
bindings(struct fn *fn, const struct doc *d, struct buf *out)
{
	redisReply *all = redis_cmd(fn->redis, "HGETALL %s", d->clients);

	if (all == NULL)
		return -1;
	for (size_t i = 0; i + 1 < all->elements; i += 2)
		buf_printf(out, "%c\"%s\":\"%s\"", i == 0 ? '{' : ',', all->element[i]->str, all->element[i + 1]->str);
	buf_str(out, all->elements == 0 ? "{}" : "}");
	return 0;
}

/* 1 stored, 0 somebody else was faster, -1. */
static int
put(struct fn *fn, const struct doc *d, const struct doc_state *s, struct bytes state,
    struct bytes segment, const char *clients)
{
	const char *first = (const char *)s->tail[0].id.data, *last = (const char *)s->tail[s->tail_count - 1].id.data;

	if (pg_begin(fn->pg) < 0)
		return -1;
	int moved = checkpoint_put(fn->pg, d->room, d->name, s->log_id, last, state, clients);
	if (moved == 1 && segment_put(fn->pg, d->room, d->name, first, last, (int64_t)s->tail_count, segment) == 1 &&
	    pg_commit(fn->pg) == 0)
		return 1;
	pg_rollback(fn->pg);
	return moved == 0 ? 0 : -1;
}

/* What a checkpoint of `size` bytes has of the log, up to `last`. */
static int
trim(struct fn *fn, const struct doc *d, const char *last, size_t size)
{
	uint64_t ms;
	uint32_t seq;

	/* MINID keeps what is at or above it: one above the last that went into the segment. */
	document_log_id(last, &ms, &seq);
	const struct bytes argv[] = { bytes_of(d->log), bytes_of(d->clocks),
		bytes_of(arena_printf(fn->arena, "%llu-%u", (unsigned long long)ms, seq + 1)),
		bytes_of(arena_printf(fn->arena, "%zu", size)) };
	return redis_eval(fn->redis, &lua_trim, 2, sizeof(argv) / sizeof(*argv), argv) == NULL ? -1 : 0;
}

/*
 * What is stored must be loadable, in a bounded time: the encoded state is integrated in another order than its edits
 * came, and conflicts can be chosen so that this order takes hours. Such a document stays as it is, and takes no more
 * edits (append.lua), so that its log does not grow for ever: it can be read, and the room goes on. Its message is dead
 * at once, with this as the reason.
 */
static int
check_loads(struct fn *fn, const struct doc *d, struct bytes state)
{
	struct yjs_doc *doc = yjs_doc_new(&(struct yjs_doc_options){ .work = LOAD_STEPS_MAX });
	struct yjs_applied applied;
	int failed = yjs_doc_apply(doc, state, &yjs_limits_all, &applied, &fn->err);

	yjs_doc_free(doc);
	if (failed == 0)
		return 0;
	err_clear(&fn->err);
	redis_cmd(fn->redis, "HSET %s slow 1", d->clocks);
	err_clear(&fn->err);
	return err_set(&fn->err, ERR_INVALID, "%s of room %s would take too long to load", d->name, d->room);
}

static int
checkpoint(struct fn *fn, const struct doc *d, struct buf *whole, struct buf *segment, struct buf *clients)
{
	struct doc_state s;
	struct yjs_doc *doc;

	if (document_load(fn, d, &s) < 0)
		return -1;
	if (s.tail_count == 0)	/* somebody may have been killed between storing and trimming */
		return s.stored ? trim(fn, d, s.log_id, s.checkpoint.len) : 0;
	if (document_build(fn, &s, &doc) < 0 || yjs_doc_encode_pending(doc, NULL, whole, &fn->err) < 0 ||
	    check_loads(fn, d, buf_bytes(whole)) < 0 || bindings(fn, d, clients) < 0)
		return -1;
	pack(&s, segment);
	int stored = put(fn, d, &s, buf_bytes(whole), buf_bytes(segment), buf_cstr(clients));
	return stored == 1 ? trim(fn, d, (const char *)s.tail[s.tail_count - 1].id.data, whole->len) : stored;
}

int
docs_checkpoint(struct fn *fn, const struct document_of_room *in)
{
	struct buf whole = { 0 }, segment = { 0 }, clients = { 0 };
	struct doc d;

	document_find(fn, in->room, in->document, &d);
	int failed = checkpoint(fn, &d, &whole, &segment, &clients);
	if (failed == 0 && redis_cmd(fn->redis, "DEL %s:checkpoint", d.log) == NULL)
		err_clear(&fn->err);	/* it ends by itself */
	buf_free(&whole);
	buf_free(&segment);
	buf_free(&clients);
	return failed;
}

/* A note in Redis says that it was sent, so that the edits until it is handled need not ask the database. */
void
document_want_checkpoint(struct fn *fn, void *arg)
{
	const struct doc *d = arg;
	const struct document_of_room message = { .room = d->room, .document = document_of(d->name) };

	redisReply *first = redis_cmd(fn->redis, "SET %s:checkpoint 1 NX PX 10000", d->log);
	if (first != NULL && first->type == REDIS_REPLY_STATUS)
		queue_checkpoint_send(fn, &message);
}
