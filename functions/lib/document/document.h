/*
 * document.h - a room's document, for every function that reads one: who may, its names in Redis, its stored state.
 *
 *	struct doc d;
 *	struct yjs_doc *doc;
 *
 *	if (document_open(fn, room, DOCUMENT_CODE, &d) < 0 || document_read(fn, &d, &doc) < 0)
 *		return -1;
 *
 * A function that uses this says `-- use document` in its queries.sql, and its role may read doc_checkpoint.
 * Everything lives in the request's arena.
 */
#ifndef DOCUMENT_DOCUMENT_H
#define DOCUMENT_DOCUMENT_H

#include "api_types.h"
#include "fn.h"
#include "yjs.h"

struct doc {
	enum document which;
	const char *room, *name;
	const char *log, *clients, *clocks, *leases;	/* keys: schemas/redis.md */
	struct yjs_limits limits;			/* what an update of this document may hold */
};

/* The document as this member may see it; -1 with ERR_DENIED for notes and a candidate or observer. */
int document_open(struct fn *fn, const char *room, enum document which, struct doc *out);

/* Whether this member may see it, asked again: where fn_confirm() has changed who that is. */
int document_allowed(struct fn *fn, const struct doc *d);
/* The same for who is no member: the handler of a message. */
void document_find(struct fn *fn, const char *room, enum document which, struct doc *out);

/* What is stored of a document: the checkpoint, and the stream's entries after it. */
struct doc_tail {
	struct bytes update;
	struct bytes id;		/* of the stream's entry, "<ms>-<seq>" */
	struct bytes participant;
};
struct doc_state {
	bool stored;			/* a checkpoint exists */
	const char *log_id;		/* the checkpoint's, "0" where there is none */
	const char *clients;		/* the checkpoint's JSON object, client id -> participant */
	struct bytes checkpoint;	/* an update; empty where there is none */
	struct doc_tail *tail;
	size_t tail_count;
};

/* Reads it. Newer entries may follow at any time; these are all there were. */
int document_load(struct fn *fn, const struct doc *d, struct doc_state *out);

/* The document itself, from what was loaded; freed with the request. */
int document_build(struct fn *fn, const struct doc_state *state, struct yjs_doc **out);

/* Both. */
int document_read(struct fn *fn, const struct doc *d, struct yjs_doc **out);

/* The two numbers of a log's id, "<ms>-<seq>"; a missing seq is 0. */
void document_log_id(const char *id, uint64_t *ms, uint32_t *seq);

#endif
