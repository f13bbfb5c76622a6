/*
 * document.c - see document.h.
 *
 * A document is its checkpoint (PostgreSQL) and the entries of its stream (Redis) after the
 * checkpoint's log_id. A checkpoint is stored before the stream is trimmed, and readers skip what
 * lies at or before log_id, so that being killed between the two changes nothing. Readers take the stream first
 * and the checkpoint second: the other way round, a compaction between the two would trim what neither has.
 */
#include "document.h"

#include "lua_docs.h"
#include "queries_docs.h"

#include <stdlib.h>
#include <string.h>

#define KEEP_SECONDS (30 * 24 * 3600)

/* The shared types of `code`: an index of files, and a text for each. */
static bool
code_root(void *arg, struct bytes name)
{
	(void)arg;
	if (name.len == 5 && memcmp(name.data, "files", 5) == 0)
		return true;
	return name.len > 5 && name.len <= 5 + 120 && memcmp(name.data, "file:", 5) == 0;
}

/* `board` and `notes` have one root each, of the document's own name. */
static bool
board_root(void *arg, struct bytes name)
{
	(void)arg;
	return name.len == 5 && memcmp(name.data, "board", 5) == 0;
}

static bool
notes_root(void *arg, struct bytes name)
{
	(void)arg;
	return name.len == 5 && memcmp(name.data, "notes", 5) == 0;
}

int
document_open(struct fn *fn, const char *room, enum document which, struct doc *out)
{
	static bool (*const roots[])(void *, struct bytes) = {
		[DOCUMENT_CODE] = code_root, [DOCUMENT_BOARD] = board_root, [DOCUMENT_NOTES] = notes_root,
	};
	const char *role = fn->me.role;

	if (which == DOCUMENT_NOTES && strcmp(role, "owner") != 0 && strcmp(role, "interviewer") != 0)
		return err_set(&fn->err, ERR_DENIED, "notes are for interviewers");
	const char *key = arena_printf(fn->arena, "doc:{%s}:%s", room, document_names[which]);
	out->room = room;
	out->name = document_names[which];
	out->log = arena_printf(fn->arena, "%s:log", key);
	out->clients = arena_printf(fn->arena, "%s:clients", key);
	out->clocks = arena_printf(fn->arena, "%s:clocks", key);
	out->leases = arena_printf(fn->arena, "room:{%s}:leases", room);
	out->limits = yjs_limits_plain;
	out->limits.root = roots[which];
	return 0;
}

static struct bytes
field(const redisReply *fields, const char *name)
{
	for (size_t i = 0; i + 1 < fields->elements; i += 2) {
		const redisReply *value = fields->element[i + 1];
		if (strcmp(fields->element[i]->str, name) == 0)
			return (struct bytes){ (const uint8_t *)value->str, value->len };
	}
	return (struct bytes){ (const uint8_t *)"", 0 };
}

void
document_log_id(const char *id, uint64_t *ms, uint32_t *seq)
{
	char *dash;

	*ms = strtoull(id, &dash, 10);
	*seq = *dash == '-' ? (uint32_t)strtoul(dash + 1, NULL, 10) : 0;
}

static bool
is_after(const char *id, const char *other)
{
	uint64_t ms, other_ms;
	uint32_t seq, other_seq;

	document_log_id(id, &ms, &seq);
	document_log_id(other, &other_ms, &other_seq);
	return ms != other_ms ? ms > other_ms : seq > other_seq;
}

static int
load_checkpoint(struct fn *fn, const struct doc *d, struct doc_state *s)
{
	struct checkpoint_get_row *row;
	int n = checkpoint_get(fn->pg, &row, d->room, d->name);

	*s = (struct doc_state){ .log_id = "0", .clients = "{}" };
	if (n < 0)
		return -1;
	if (n == 1)
		*s = (struct doc_state){ .stored = true, .log_id = row->log_id, .clients = row->clients,
			.checkpoint = row->state };
	return 0;
}

int
document_load(struct fn *fn, const struct doc *d, struct doc_state *out)
{
	struct doc_state s;
	redisReply *log = redis_cmd(fn->redis, "XRANGE %s - +", d->log);

	if (log == NULL || load_checkpoint(fn, d, &s) < 0)
		return -1;
	s.tail = arena_array(fn->arena, log->elements, sizeof(*s.tail));
	for (size_t i = 0; i < log->elements; i++) {
		const redisReply *id = log->element[i]->element[0], *fields = log->element[i]->element[1];
		if (is_after(id->str, s.log_id))
			s.tail[s.tail_count++] = (struct doc_tail){ .id = { (const uint8_t *)id->str, id->len },
				.update = field(fields, "u"), .participant = field(fields, "p") };
	}
	*out = s;
	return 0;
}

static void
free_doc(void *doc)
{
	yjs_doc_free(doc);
}

int
document_build(struct fn *fn, const struct doc_state *state, struct yjs_doc **out)
{
	struct yjs_doc *doc = yjs_doc_new(NULL);
	struct yjs_applied applied;

	arena_defer(fn->arena, free_doc, doc);
	if (state->stored && yjs_doc_apply(doc, state->checkpoint, &yjs_limits_all, &applied, &fn->err) < 0)
		return -1;
	for (size_t i = 0; i < state->tail_count; i++)
		if (yjs_doc_apply(doc, state->tail[i].update, &yjs_limits_all, &applied, &fn->err) < 0)
			return -1;
	*out = doc;
	return 0;
}

/* argv of a script, growing. */
struct args {
	struct arena *arena;
	struct bytes *v;
	size_t n, cap;
};

static void
arg(struct args *a, const void *data, size_t len)
{
	if (a->n == a->cap) {
		struct bytes *v = arena_array(a->arena, a->cap * 2 + 16, sizeof(*v));
		if (a->n > 0)
			memcpy(v, a->v, a->n * sizeof(*v));
		a->v = v;
		a->cap = a->cap * 2 + 16;
	}
	a->v[a->n++] = (struct bytes){ data, len };
}

static void
arg_str(struct args *a, const char *s)
{
	arg(a, s, strlen(s));
}

static void
arg_num(struct args *a, uint64_t n)
{
	arg_str(a, arena_printf(a->arena, "%llu", (unsigned long long)n));
}

/* Bindings as the checkpoint has them, then as the tail shows: who wrote a client's structs first. */
static int
add_bindings(struct fn *fn, struct args *a, const struct doc_state *s)
{
	const char *p = s->clients;

	/* Our own text, from jsonb: {"123": "participant", ...}. Nothing in it needs unescaping. */
	while ((p = strchr(p, '"')) != NULL) {
		const char *end = strchr(p + 1, '"');
		if (end == NULL)
			return err_set(&fn->err, ERR_INTERNAL, "a checkpoint's clients cannot be read");
		arg(a, p + 1, (size_t)(end - p - 1));
		p = end + 1;
	}
	for (size_t i = 0; i < s->tail_count; i++) {
		struct yjs_ranges ranges;
		if (yjs_ranges(fn->arena, s->tail[i].update, &yjs_limits_all, &ranges, NULL, &fn->err) < 0)
			return -1;
		for (size_t k = 0; k < ranges.n; k++) {
			arg_num(a, ranges.v[k].client);
			arg(a, s->tail[i].participant.data, s->tail[i].participant.len);
		}
	}
	return 0;
}

int
document_rebuild(struct fn *fn, const struct doc *d)
{
	struct args a = { .arena = fn->arena };
	struct doc_state state;
	struct log_size_row *size;
	struct buf whole = { 0 }, sv = { 0 };
	struct yjs_doc *doc;
	struct yjs_sv clocks;
	uint64_t bytes;
	int failed = -1;

	if (document_load(fn, d, &state) < 0 || log_size(fn->pg, &size, d->room, d->name) < 0)
		return -1;
	bytes = (uint64_t)size->bytes;
	for (size_t i = 0; i < state.tail_count; i++)
		bytes += state.tail[i].update.len;
	/* What waits counts: the log has it, and a resend of it is a repetition. */
	if (document_build(fn, &state, &doc) < 0 || yjs_doc_encode_pending(doc, NULL, &whole, &fn->err) < 0 ||
	    yjs_update_sv(&sv, buf_bytes(&whole), &yjs_limits_all, &fn->err) < 0 ||
	    yjs_sv_decode(fn->arena, buf_bytes(&sv), 0, &clocks, &fn->err) < 0)
		goto out;
	arg_str(&a, d->clients);
	arg_str(&a, d->clocks);
	arg_num(&a, bytes);
	arg_num(&a, KEEP_SECONDS);
	arg_num(&a, clocks.n);
	for (size_t i = 0; i < clocks.n; i++) {
		arg_num(&a, clocks.v[i].client);
		arg_num(&a, clocks.v[i].clock);
	}
	if (add_bindings(fn, &a, &state) == 0 &&
	    redis_eval(fn->redis, &lua_rebuild, 2, (int)a.n, a.v) != NULL)
		failed = 0;
out:
	buf_free(&whole);
	buf_free(&sv);
	return failed;
}
