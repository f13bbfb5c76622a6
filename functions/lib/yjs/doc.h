/*
 * doc.h - what a document is made of.
 *
 * Every struct that was integrated is a struct item of 80 bytes. An item stands in two orders: by
 * clock among those of its client (leaves of a two-level array, store.c), and by place in the list
 * or map entry it belongs to (left and right). GCs are items that have lost everything but clock
 * and length. Items, leaves, types and text come from pools that die with the document; items and
 * leaves are reused.
 *
 * An update is applied in one transaction: integrate what can be (integrate.c), keep the rest
 * (pending.c), delete, then drop deleted content and join neighbours (cleanup.c). Source of the
 * algorithms: yjs src/structs/Item.js, src/utils/{encoding,Transaction,StructStore}.js.
 */
#ifndef YJS_DOC_H
#define YJS_DOC_H

#include "block.h"
#include "dset.h"
#include "chunks.h"

#define NO_CLIENT UINT32_MAX
#define LEAF_MAX 128
#define ITEM_BYTES_MAX (UINT32_C(1) << 30)	/* of content; what would be longer is not joined */

enum { ITEM_DELETED = 1, ITEM_ASCII = 2 };

struct item {
	struct item *left, *right;
	struct ytype *parent;		/* NULL in a GC */
	struct slot *slot;		/* the map entry it is a value of; NULL in a list */
	union {
		const uint8_t *data;	/* the payload without length or count; `bytes` of it */
		struct ytype *type;	/* of a REF_TYPE */
	};
	uint32_t clock, len;
	uint32_t client;		/* index in yjs_doc.clients, as the next two */
	uint32_t origin_client, origin_clock;	/* NO_CLIENT if there is none */
	uint32_t right_client, right_clock;
	uint32_t bytes;
	uint32_t stamp;			/* of the conflict scan that saw it last */
	uint16_t room;			/* bytes behind data that nobody else uses */
	uint8_t ref, flags;
};

/* Items by clock; `clocks` follow the `cap` pointers. */
struct leaf {
	uint32_t n, cap;
	struct item *item[];
};

static inline uint32_t *
leaf_clocks(struct leaf *l)
{
	return (uint32_t *)(void *)(l->item + l->cap);
}

struct held;	/* a struct that waits, pending.c */
struct heap_entry {
	uint32_t clock, end;
	union {
		struct held *held;
		struct yclient *client;
	};
};
struct heap {
	struct heap_entry *v;
	uint32_t n, cap;
};

struct yclient {
	uint64_t id;
	uint32_t index;
	uint32_t state;			/* the next clock */
	struct leaf **leaf;
	uint32_t *first;		/* the first clock of each leaf */
	uint32_t leaves, cap, hint;
	uint32_t before;		/* state before the transaction `epoch` */
	uint64_t epoch;
	struct heap structs, deletes;	/* what waits */
	struct yclient *wait;		/* `structs` waits until this one's state is above wait_clock */
	uint32_t wait_clock;
	uint32_t waiting_at;		/* its place in yjs_doc.waiting, if anything waits */
	struct heap waiters;		/* clients that wait for this one, and those that did */
};

struct ytype {
	struct item *item;		/* NULL in a root */
	struct item *start;
	struct slot *first, *last;	/* map entries, in order of coming */
	struct slot *self;		/* of the root that it is or is in */
	uint32_t depth;			/* below that root */
	uint8_t kind;			/* enum yjs_type */
	struct bytes content;		/* of its item: the type's number, and the name of an Xml element */
};

/* A map entry (owner is the map) or a root type (owner is NULL), by name. */
struct slot {
	struct ytype *owner, *root;
	struct item *head, *tail;	/* the values, oldest place first; the tail counts */
	struct slot *next;
	struct bytes key;
	uint64_t hash;
};

struct pos {
	uint32_t leaf, at;
};

/* How far a walk through a type's list and entries has come. */
struct type_visit {
	struct ytype *type;
	struct item *it;
	struct slot *slot;
};

struct merge_at {
	uint32_t client, clock;
};

struct yjs_doc {
	struct yjs_doc_options opt;
	struct pool pool, text;
	struct item *free_items;
	struct leaf *free_leaves[8];

	struct yclient **clients;
	uint32_t n_clients, cap_clients;
	uint32_t n_writers;		/* clients of which something was integrated */
	uint32_t *by_id;		/* hash: index + 1 */
	uint32_t by_id_cap;
	struct yclient *last;

	struct slot **slots;		/* hash */
	uint32_t n_slots, slots_cap;
	struct slot *first_root, *last_root;

	uint32_t stamp;
	uint64_t work;			/* steps of this call, against opt.work */
	bool broken;			/* a call ran out of work half way */

	/* the transaction */
	uint64_t epoch;
	struct yclient **touched;
	uint32_t n_touched, cap_touched;
	struct ydset deleted;
	struct merge_at *merges;	/* places where neighbours may join */
	size_t n_merges, cap_merges;
	struct type_visit *types;	/* the types that deletion or gc is in, innermost last */
	size_t n_types, cap_types;

	/* pending.c */
	uint32_t *waiting;		/* indices of clients with something in structs or deletes */
	uint32_t n_waiting, cap_waiting;
	struct yclient **retry;		/* clients that are to be looked at again */
	size_t n_retry, cap_retry;
	size_t waiting_bytes;
	bool overflow;			/* more came than may wait */

	/* apply.c: the update that is being applied */
	struct ydset incoming;
	struct section *sections;
	uint32_t n_sections, cap_sections;
	struct section **stack;
	uint32_t depth;
};

/* store.c: clients, and their items by clock */
struct yclient *yclient_find(struct yjs_doc *d, uint64_t id);	/* NULL if unknown */
struct yclient *yclient_get(struct yjs_doc *d, uint64_t id);	/* made if unknown */
void yclient_touch(struct yjs_doc *d, struct yclient *c);	/* before its state changes */
struct pos ystore_find(struct yclient *c, uint32_t clock);	/* clock < state */
void ystore_append(struct yjs_doc *d, struct yclient *c, struct item *it);
void ystore_insert_after(struct yjs_doc *d, struct yclient *c, struct pos p, struct item *it);
void ystore_remove_after(struct yjs_doc *d, struct yclient *c, struct pos p, uint32_t n);
bool ystore_next(const struct yclient *c, struct pos *p);
bool ystore_prev(const struct yclient *c, struct pos *p);
void ystore_free(struct yjs_doc *d);

static inline struct item *
ystore_at(const struct yclient *c, struct pos p)
{
	return c->leaf[p.leaf]->item[p.at];
}

static inline struct item *
ystore_item(struct yclient *c, uint32_t clock)
{
	return ystore_at(c, ystore_find(c, clock));
}

static inline struct item *
ystore_last(const struct yclient *c)
{
	const struct leaf *l = c->leaf[c->leaves - 1];

	return l->item[l->n - 1];
}

/* item.c: making, splitting, joining */
struct item *yitem_new(struct yjs_doc *d);
void yitem_free(struct yjs_doc *d, struct item *it);
void yitem_set_content(struct yjs_doc *d, struct item *it, const struct yblock *b, uint32_t cut);
/* Cuts the item at p after `diff` units; the rest becomes an item of its own, at the next place. */
struct item *yitem_split(struct yjs_doc *d, struct yclient *c, struct pos p, uint32_t diff);
struct item *yitem_clean_start(struct yjs_doc *d, struct yclient *c, uint32_t clock);
struct item *yitem_clean_end(struct yjs_doc *d, struct yclient *c, uint32_t clock);
void yitem_append_bytes(struct yjs_doc *d, struct item *it, struct bytes more);
/* The payload of `it` from unit `cut` on, `len` units of it, as a block that can be written. */
struct yblock yitem_block(const struct yjs_doc *d, const struct item *it);

/* types.c */
struct ytype *ytype_root(struct yjs_doc *d, struct bytes name, bool make);
struct ytype *ytype_new(struct yjs_doc *d, uint8_t kind, struct item *item);
struct slot *yslot_get(struct yjs_doc *d, struct ytype *owner, struct bytes key, bool make);

/* integrate.c: b has no missing dependency, and its first `cut` units are known already */
void yintegrate(struct yjs_doc *d, struct yclient *c, const struct yblock *b, uint32_t cut);
/* The client and clock that b needs and that is not there; NULL if there is none. */
struct yclient *ymissing(struct yjs_doc *d, const struct yblock *b, uint32_t *clock);

/* delete.c */
void yitem_delete(struct yjs_doc *d, struct item *it);
void yitem_gc(struct yjs_doc *d, struct item *it);	/* drops the content of a deleted item */
/* Deletes what of [start, end) is there; returns the clock from which on it is not. */
uint32_t ydelete_range(struct yjs_doc *d, struct yclient *c, uint32_t start, uint32_t end);

/* cleanup.c */
void ycleanup(struct yjs_doc *d);
void ymerge_later(struct yjs_doc *d, const struct item *it);

/* pending.c */
void ypending_add(struct yjs_doc *d, struct yclient *c, const struct yblock *b);
void ypending_add_delete(struct yjs_doc *d, struct yclient *c, uint32_t start, uint32_t end);
void ypending_retry(struct yjs_doc *d);
void ypending_drop(struct yjs_doc *d);
/* Two updates: the structs and the deletes that wait. */
void ypending_write(const struct yjs_doc *d, struct buf *structs, struct buf *deletes);

bool ypending_room(struct yjs_doc *d);	/* for one more delete; notes it where there is none */

/* apply.c */
void yapply_free(struct yjs_doc *d);
void ypending_free(struct yjs_doc *d);

/* encode.c: clients that wrote something, in descending order of id; for free() */
struct yclient **yencode_order(const struct yjs_doc *d, uint32_t *n);
void yencode_item(const struct yjs_doc *d, struct buf *out, const struct item *it, uint32_t cut);
void yencode_deletes(struct buf *out, struct yclient *const *clients, uint32_t n);

/* changes.c: called between integration and cleanup */
void ychanges_collect(struct yjs_doc *d, struct arena *a, struct yjs_changes *out);

static inline bool
ydoc_exhausted(const struct yjs_doc *d)
{
	return d->work > d->opt.work;
}

#endif
