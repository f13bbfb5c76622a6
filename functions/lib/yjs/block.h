/*
 * block.h - one struct of an update, and the reader that walks an update struct by struct.
 *
 * Source of the format: yjs src/utils/encoding.js (readClientsStructRefs), src/structs. A block is
 * a view into the update's bytes; nothing is copied. Every reader of updates is this one, and it
 * checks everything each time, so that no function has to trust that another one looked first.
 */
#ifndef YJS_BLOCK_H
#define YJS_BLOCK_H

#include "rd.h"
#include "yjs.h"

enum {
	REF_GC, REF_DELETED, REF_JSON, REF_BINARY, REF_STRING, REF_EMBED, REF_FORMAT, REF_TYPE,
	REF_ANY, REF_DOC, REF_SKIP,
};

#define INFO_REF 0x1f
#define INFO_SUB 0x20		/* a map key; written only if neither origin is */
#define INFO_RIGHT 0x40
#define INFO_ORIGIN 0x80

struct yid {
	uint64_t client;
	uint32_t clock;
};

struct yblock {
	uint64_t client;
	uint32_t clock, len;		/* as they stand in the bytes */
	uint8_t info, ref;
	uint8_t type;			/* enum yjs_type of a REF_TYPE */
	bool ascii;			/* of a REF_STRING */
	bool in_root;			/* parent is the root type `root`, else the item `parent` */
	struct yid origin, right;	/* if info says so */
	struct yid parent;		/* these three only if neither of them is there */
	struct bytes root, sub;
	struct bytes content;		/* payload without its leading length or count */
	struct bytes raw;		/* the whole struct, first byte its info */
};

static inline bool
yblock_has_parent(const struct yblock *b)
{
	return (b->info & (INFO_ORIGIN | INFO_RIGHT)) == 0;
}

static inline uint32_t
yblock_end(const struct yblock *b)
{
	return b->clock + b->len;
}

/*
 * Appends the block without its first `cut` units, as yjs's lazy writers do: 0x20 goes where the
 * key is not written, and what is cut gets its last unit as origin.
 */
void yblock_write(struct buf *out, const struct yblock *b, uint32_t cut);

/* The content of `b` from unit `cut` on, with its leading length or count. */
void yblock_write_content(struct buf *out, const struct yblock *b, uint32_t cut);

/*
 * The content of `b` from unit `cut` on, without length or count. Where that is the second half of
 * a surrogate pair, *half is true and the bytes begin behind the pair.
 */
struct bytes yblock_content_from(const struct yblock *b, uint32_t cut, bool *half);

/* Reads the next struct of `client` at `clock`; complains through r. */
void yblock_read(struct yrd *r, const struct yjs_limits *lim, uint64_t client, uint32_t clock,
    struct yblock *b);

/* Client ids that were seen, to find one that comes twice. */
struct yidset {
	struct buf ids;		/* uint64_t */
	uint64_t last;
	bool mixed;		/* not strictly descending so far */
};
void yidset_add(struct yidset *s, uint64_t id);
bool yidset_repeats(struct yidset *s);	/* frees s */

/* Walks an update: every struct, then every range of the delete set. */
struct ywalk {
	struct yrd rd;
	const struct yjs_limits *lim;
	uint64_t client;
	uint64_t sections, left;	/* sections to come; structs or ranges left in this one */
	uint32_t clock;			/* where the next struct of the section stands */
	bool deletes;			/* in the delete set */
	struct yidset seen;
	struct yjs_info info;
};
void ywalk_open(struct ywalk *w, struct bytes update, const struct yjs_limits *lim);
bool ywalk_struct(struct ywalk *w, struct yblock *b);	/* false: no more, or bad */
bool ywalk_delete(struct ywalk *w, struct yjs_range *d);	/* after the last struct only */
/* After ywalk_delete said false: 0 if all of the update was right. Always call it: it frees. */
int ywalk_close(struct ywalk *w, struct err *e);

#endif
