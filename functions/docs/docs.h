/*
 * docs.h - what the operations of docs share beyond lib/document: what only a writer needs.
 */
#ifndef DOCS_DOCS_H
#define DOCS_DOCS_H

#include "api.h"
#include "document.h"

/* At so many entries of the stream, or at so much weight, it is compacted into a checkpoint. */
#define DOCUMENT_TAIL_MAX 512
#define DOCUMENT_TAIL_WEIGHT (1u << 20)

/*
 * What an update adds to a document at most, in bytes of a checkpoint: its own, and what integrating makes of it.
 * Each struct and each end of a delete may part an item in two, of which the new one takes 28 bytes at most (both its
 * neighbours' ids): to delete every second letter of a text makes many times as much of it. What cannot be read
 * weighs its bytes.
 */
uint64_t document_weight(struct bytes update);

/* Puts clocks and client bindings back into Redis when it does not have them. */
int document_rebuild(struct fn *fn, const struct doc *d);

/* Asks everybody in the room to sync, since edits are missing; once in ten seconds. For fn_after, as the next. */
void document_ask_room(struct fn *fn, void *arg);

/* Sends a message that the document wants a checkpoint; for fn_after, as the one before. */
void document_want_checkpoint(struct fn *fn, void *arg);

#endif
