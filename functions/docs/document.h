/*
 * document.h - a room's document: who may do what with it, its names in Redis, its stored state.
 */
#ifndef DOCS_DOCUMENT_H
#define DOCS_DOCUMENT_H

#include "api.h"
#include "yjs.h"

/* What a document may grow to, in bytes of log. An hour of two people typing is about 3 MiB. */
#define DOCUMENT_LOG_MAX (64u << 20)

/* Entries of the stream at which it is compacted into a checkpoint. */
#define DOCUMENT_TAIL_MAX 512

struct doc {
	const char *room, *name;
	const char *log, *clients, *clocks, *leases;	/* keys: schemas/redis.md */
	struct yjs_limits limits;			/* what an update of this document may hold */
};

/* The document as this member may see it; -1 with ERR_DENIED for notes and a candidate or observer. */
int document_open(struct fn *fn, const char *room, enum document which, struct doc *out);

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

/* Reads it, into the request's arena. Newer entries may follow at any time; these are all there were. */
int document_load(struct fn *fn, const struct doc *d, struct doc_state *out);

/* The two numbers of a log's id, "<ms>-<seq>"; a missing seq is 0. */
void document_log_id(const char *id, uint64_t *ms, uint32_t *seq);

/* The document itself, from what was loaded; freed with the request. */
int document_build(struct fn *fn, const struct doc_state *state, struct yjs_doc **out);

/* Puts clocks and client bindings back into Redis when it does not have them. */
int document_rebuild(struct fn *fn, const struct doc *d);

/* Compacts the tail into the checkpoint; for fn_after. `arg` is a struct doc of the request's arena. */
void document_checkpoint(struct fn *fn, void *arg);

#endif
