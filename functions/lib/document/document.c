/*
 * document.c - see document.h.
 *
 * A document is its checkpoint (PostgreSQL) and the entries of its stream (Redis) after the
 * checkpoint's log_id. A checkpoint is stored before the stream is trimmed, and readers skip what
 * lies at or before log_id, so that being killed between the two changes nothing. Readers take the stream first
 * and the checkpoint second: the other way round, a compaction between the two would trim what neither has.
 */
#include "document.h"

#include "files.h"
#include "queries_document.h"

#include <stdlib.h>
#include <string.h>

/*
 * What waits in a document. append.lua lets 256 KiB of updates wait; a struct of two bytes costs fifty here.
 * Beyond this the engine would drop it all, and what was acknowledged with it.
 */
#define PENDING_MAX (8u << 20)
#define LIVE_MAX (1u << 20)	/* reading so much takes some ten milliseconds; nobody types it in an hour */

/* The shared types of `code`: an index of files, and a text for each. */
static bool
code_root(void *arg, struct bytes name)
{
	(void)arg;
	return (name.len == 5 && memcmp(name.data, "files", 5) == 0) || doc_file_path(name) != NULL;
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
document_allowed(struct fn *fn, const struct doc *d)
{
	const char *role = fn->me.role;

	if (d->which == DOCUMENT_NOTES && strcmp(role, "owner") != 0 && strcmp(role, "interviewer") != 0)
		return err_set(&fn->err, ERR_DENIED, "notes are for interviewers");
	return 0;
}

void
document_find(struct fn *fn, const char *room, enum document which, struct doc *out)
{
	static bool (*const roots[])(void *, struct bytes) = {
		[DOCUMENT_CODE] = code_root, [DOCUMENT_BOARD] = board_root, [DOCUMENT_NOTES] = notes_root,
	};
	const char *key = arena_printf(fn->arena, "doc:{%s}:%s", room, document_names[which]);

	out->which = which;
	out->room = room;
	out->name = document_names[which];
	out->log = arena_printf(fn->arena, "%s:log", key);
	out->clients = arena_printf(fn->arena, "%s:clients", key);
	out->clocks = arena_printf(fn->arena, "%s:clocks", key);
	out->leases = arena_printf(fn->arena, "room:{%s}:leases", room);
	out->limits = yjs_limits_plain;
	out->limits.root = roots[which];
	/* Yjs deletes types in types by recursion: deep ones break every browser. No code and no notes have any. */
	if (which != DOCUMENT_BOARD)
		out->limits.types = 0;
}

int
document_open(struct fn *fn, const char *room, enum document which, struct doc *out)
{
	document_find(fn, room, which, out);
	return document_allowed(fn, out);
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

/* Of what is stored; more than this is not read in real time. */
static bool
is_large(const struct doc_state *s)
{
	size_t bytes = s->checkpoint.len;

	for (size_t i = 0; i < s->tail_count; i++)
		bytes += s->tail[i].update.len;
	return bytes > LIVE_MAX;
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
	if (is_large(&s))
		fn_takes_long(fn);
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
	struct yjs_doc *doc = yjs_doc_new(&(struct yjs_doc_options){ .pending = PENDING_MAX });
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

int
document_read(struct fn *fn, const struct doc *d, struct yjs_doc **out)
{
	struct doc_state state;

	return document_load(fn, d, &state) < 0 ? -1 : document_build(fn, &state, out);
}
