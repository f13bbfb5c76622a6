/*
 * docs.h - what the operations of docs share beyond lib/document: what only a writer needs.
 */
#ifndef DOCS_DOCS_H
#define DOCS_DOCS_H

#include "api.h"
#include "document.h"

/* What a document may grow to, in bytes of log. An hour of two people typing is about 3 MiB. */
#define DOCUMENT_LOG_MAX (64u << 20)

/* Entries of the stream at which it is compacted into a checkpoint. */
#define DOCUMENT_TAIL_MAX 512

/* Puts clocks and client bindings back into Redis when it does not have them. */
int document_rebuild(struct fn *fn, const struct doc *d);

/* Asks everybody in the room to sync, since edits are missing; once in ten seconds. For fn_after, as the next. */
void document_ask_room(struct fn *fn, void *arg);

/* Sends a message that the document wants a checkpoint; for fn_after, as the one before. */
void document_want_checkpoint(struct fn *fn, void *arg);

#endif
