/*
 * yjs.h - reading, checking, joining and keeping Yjs 13.6 documents (update format v1).
 *
 * Two levels, one reader. The first level works on updates as bytes, without a document: check,
 * list, merge, diff, state vectors, y-protocols messages. The second (struct yjs_doc, below) holds
 * a document: apply, encode, extract, snapshots.
 *
 * UNITS. Clocks and lengths count what Yjs counts: UTF-16 code units for text, one for most other
 * content. Bytes are bytes. Text is UTF-8 outside and inside. A client is a number below 2^53; a
 * clock, and clock + length, is at most YJS_CLOCK_MAX.
 *
 * TRUST. Every function here takes bytes from anybody: nothing is read past the end, counts are
 * compared with the bytes that are left before anything loops over them, nothing recurses on
 * input, and memory is bounded by a small multiple of the input. What a function refuses, it
 * refuses whole, with ERR_INVALID and the reason and byte offset in e->detail (ERR_TOO_LARGE where
 * a limit of struct yjs_limits was passed). Results are untouched on failure.
 *
 * STRICTNESS. Stricter than yjs, which accepts overlong numbers, empty structs, two sections of one
 * client, trailing bytes, and references to an item's own future (which then throw half way).
 * No writer of yjs 13.6 makes any of these. Any and JSON values are kept as the bytes that
 * came, where yjs parses and writes them again; the bytes of its own writers are the same.
 *
 * OWNERSHIP. Outputs are appended to the caller's struct buf, or come from the caller's arena.
 * A struct bytes handed out points into the input.
 */
#ifndef YJS_YJS_H
#define YJS_YJS_H

#include "arena.h"
#include "buf.h"
#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define YJS_CLIENT_MAX ((UINT64_C(1) << 53) - 1)
#define YJS_CLOCK_MAX UINT32_C(0x7fffffff)
#define YJS_UPDATE_MAX ((size_t)1 << 30)	/* bytes of one update, whatever the limits say */

/* Shared types, as on the wire; bits of yjs_limits.types are 1 << these. */
enum yjs_type {
	YJS_ARRAY, YJS_MAP, YJS_TEXT, YJS_XML_ELEMENT, YJS_XML_FRAGMENT, YJS_XML_HOOK, YJS_XML_TEXT,
	YJS_ROOT,	/* a root type of which nobody has said what it is; never on the wire */
};

/*
 * What an update may hold. A zero number means "as the format allows"; a zero `types` none.
 * `root` is asked for each root name that the update mentions; NULL allows every name.
 */
struct yjs_limits {
	size_t bytes;		/* of the whole update */
	uint32_t clients;	/* sections of structs, and as many of deletes */
	uint32_t structs;
	uint32_t sub_len;	/* bytes of a map key */
	uint32_t depth;		/* of one Any or JSON value; at most, and by default, 64 */
	unsigned types;		/* which nested types, a bit each: 1 << YJS_TEXT | ... */
	bool docs;		/* subdocuments (content 9) */
	bool no_skips;		/* refuse gaps: what a client types never has them, a sync step 2 may */
	bool (*root)(void *arg, struct bytes name);
	void *arg;
};

/* Everything yjs 13.6 can write: for tests and tools. */
extern const struct yjs_limits yjs_limits_all;

/* Text, Map and Array; no Xml, no subdocuments; keys to 256 bytes, 4,096 clients, 16 MiB. */
extern const struct yjs_limits yjs_limits_plain;

/* --- Updates as bytes ------------------------------------------------------------------- */

struct yjs_info {
	uint32_t structs;	/* items, GCs and skips */
	uint32_t clients;	/* with structs */
	uint32_t deletes;	/* ranges in the delete set */
	uint32_t skips;
	bool empty;		/* changes nothing: no structs, no deletes */
};

/* 0 if the update is well formed and within `lim`; `info` may be NULL. */
int yjs_validate(struct bytes update, const struct yjs_limits *lim, struct yjs_info *info,
    struct err *e);

/* Whether a valid update changes nothing. yjs sends such ones as "no difference". */
bool yjs_is_empty(struct bytes update);

/* Clocks [start, end) of one client. */
struct yjs_range {
	uint64_t client;
	uint32_t start, end;
};

/*
 * What the update writes: a range for each unbroken run of structs, in the order of the bytes (a
 * Skip ends a run, so that a client may come several times in a row). `deletes` the same for the
 * delete set, as sent: not sorted, not merged. Either may be NULL.
 */
struct yjs_ranges {
	struct yjs_range *v;
	size_t n;
};
int yjs_ranges(struct arena *a, struct bytes update, const struct yjs_limits *lim,
    struct yjs_ranges *structs, struct yjs_ranges *deletes, struct err *e);

/*
 * One update that does what all `n` do, byte for byte as Y.mergeUpdates: nothing is coalesced but
 * neighbouring GCs, holes become Skips; none gives the empty update, and one is given back as it is
 * (but checked). Sections are put in descending order of client where an input's are not; yjs
 * loses structs there. (Where one input has a GC and another the items it stands for, yjs's choice
 * hangs on how the JavaScript engine sorts; for two inputs it is the same here.) O(total log n). To make
 * a log small, apply it to a document instead.
 */
int yjs_merge(struct buf *out, const struct bytes *updates, size_t n,
    const struct yjs_limits *lim, struct err *e);

/* What of the update a peer with state vector `sv` lacks, as Y.diffUpdate: all deletes stay. */
int yjs_diff(struct buf *out, struct bytes update, struct bytes sv, const struct yjs_limits *lim,
    struct err *e);

/* The state vector of a document that has just this update, as Y.encodeStateVectorFromUpdate. */
int yjs_update_sv(struct buf *out, struct bytes update, const struct yjs_limits *lim,
    struct err *e);

/*
 * What must be there for all of the update to be integrated: of each client that others' structs or any
 * deletes refer to, the clock from which on nothing is referred to. What the update brings itself is not
 * taken off. `jumps` counts the structs that do not go on where the one before ended: each may have to look
 * for its place among others.
 */
struct yjs_needs;
int yjs_needs(struct arena *a, struct bytes update, const struct yjs_limits *lim, struct yjs_needs *out,
    struct err *e);

/* A line for each struct and delete of the update, for people. */
int yjs_show(struct buf *out, struct bytes update, struct err *e);

/* --- State vectors ---------------------------------------------------------------------- */

struct yjs_clock {
	uint64_t client;
	uint32_t clock;		/* the next one that the client will use */
};
struct yjs_sv {
	struct yjs_clock *v;	/* in descending order of client, none twice */
	size_t n;
};

struct yjs_needs {
	struct yjs_sv clocks;
	uint32_t jumps;
};

/* `clients` bounds the entries; 0 for no bound but the bytes. */
int yjs_sv_decode(struct arena *a, struct bytes in, uint32_t clients, struct yjs_sv *out,
    struct err *e);
void yjs_sv_encode(struct buf *out, const struct yjs_sv *sv);

/* The client's clock, 0 where it is unknown. */
uint32_t yjs_sv_get(const struct yjs_sv *sv, uint64_t client);

/* --- y-protocols 1.0 messages ----------------------------------------------------------- */

enum yjs_message {
	YJS_SYNC_STEP1,		/* payload: a state vector */
	YJS_SYNC_STEP2,		/* payload: an update */
	YJS_SYNC_UPDATE,	/* payload: an update */
	YJS_AWARENESS,		/* payload: an awareness update */
	YJS_AUTH,		/* payload: the reason for a refusal */
	YJS_QUERY_AWARENESS,	/* no payload */
};
struct yjs_frame {
	enum yjs_message kind;
	struct bytes payload;	/* framed rightly, not yet looked into */
};

/* Takes the next message off *rest: 1 got one, 0 nothing left, -1 not a message. */
int yjs_frame_next(struct bytes *rest, struct yjs_frame *out, struct err *e);
void yjs_frame_write(struct buf *out, enum yjs_message kind, struct bytes payload);

/* One client's presence. */
struct yjs_presence {
	uint64_t client;
	uint32_t clock;
	bool gone;		/* the state is null: the client has left */
	struct bytes state;	/* JSON, checked; "null" if gone */
};

/* At most `entries` clients, none twice, each state at most `state_len` bytes of JSON. */
int yjs_awareness_decode(struct arena *a, struct bytes in, uint32_t entries, size_t state_len,
    struct yjs_presence **out, size_t *n, struct err *e);
void yjs_awareness_encode(struct buf *out, const struct yjs_presence *v, size_t n);

/* --- Documents -------------------------------------------------------------------------- */

/*
 * A document holds what updates said, in memory of its own; it never fails for lack of causality:
 * what cannot be integrated yet waits inside, and is tried again when something it waits for has
 * come. It is a server's: unlike a client's Y.Text it does not tidy formatting marks by deletes of its
 * own. Not safe for threads. A zero option means the default.
 */
struct yjs_doc;
struct yjs_doc_options {
	bool keep_deleted;	/* as gc: false in yjs: what was deleted can be seen in snapshots */
	uint32_t clients;	/* ids that may have written; default 65,536 */
	size_t pending;		/* bytes that may wait; default 1 MiB */
	uint64_t work;		/* steps that one apply may take over conflicts and splits; default 2^26 */
};
struct yjs_doc *yjs_doc_new(const struct yjs_doc_options *opt);	/* NULL for the defaults */
void yjs_doc_free(struct yjs_doc *d);

/* What an apply did besides succeeding. */
struct yjs_applied {
	bool changed;		/* anything was integrated or deleted */
	bool dropped;		/* too much was waiting: all of it was dropped; ask the peer for step 2 */
	size_t waiting;		/* bytes that wait, of this and earlier updates */
};

/*
 * Applies an update as Y.applyUpdate does, in one transaction. The update is checked first, whole:
 * an error of kind ERR_INVALID or ERR_TOO_LARGE leaves the document as it was, ERR_LIMIT (too
 * many clients) as well. Only where integration needs more than opt.work steps (which no editor
 * causes, but chosen conflicts can) it stops half way with ERR_INTERNAL: every later apply answers
 * the same, and the document is only good for yjs_doc_free(). The bound is each call's: updates that
 * were taken one by one can together exceed it when their encoded state is loaded at once. Who keeps
 * what strangers send should try it on a document first.
 *
 * yjs_doc_apply_changes() also lists what changed; see below. It costs time in the length of
 * the types that changed.
 */
struct yjs_changes;
int yjs_doc_apply(struct yjs_doc *d, struct bytes update, const struct yjs_limits *lim,
    struct yjs_applied *out, struct err *e);
int yjs_doc_apply_changes(struct yjs_doc *d, struct bytes update, const struct yjs_limits *lim,
    struct arena *a, struct yjs_changes *changes, struct err *e);

/*
 * What an update changed, for attribution and replay: one entry for each run, in document order
 * within a type. Positions count UTF-16 units (elements, in an array) as the type was after all
 * the entries before, so that doing them one after another gives the new content.
 */
enum yjs_change_kind { YJS_INSERT, YJS_DELETE, YJS_SET, YJS_UNSET };
struct yjs_change {
	enum yjs_change_kind kind;	/* list: insert, delete; map: set, unset */
	struct bytes root;		/* the root type it is in, directly or nested */
	uint32_t depth;			/* 0: of the root type itself; else so many types below it */
	struct bytes key;		/* of a map */
	uint32_t at, len;		/* of a list */
	uint64_t client;		/* who wrote what was inserted or deleted */
	uint32_t clock;			/* the first of its clocks */
	struct bytes text;		/* what was inserted, where it is text */
};
struct yjs_changes {
	struct yjs_change *v;
	size_t n;
};

/* The document as one update, byte for byte as Y.encodeStateAsUpdate of a document in which
 * nothing waits: integrated state only. With `sv` only what that peer lacks, and all deletes. This
 * is also how a log is made small: apply all of it, encode once. */
void yjs_doc_encode(const struct yjs_doc *d, const struct yjs_sv *sv, struct buf *out);

/* The same with what waits, as Y.encodeStateAsUpdate does it. */
int yjs_doc_encode_pending(const struct yjs_doc *d, const struct yjs_sv *sv, struct buf *out,
    struct err *e);

/* The state vector, encoded; and one client's clock. What waits does not count. */
void yjs_doc_sv(const struct yjs_doc *d, struct buf *out);
uint32_t yjs_doc_clock(const struct yjs_doc *d, uint64_t client);

/* From now on an apply may take so many steps: as the option `work`. */
void yjs_doc_set_work(struct yjs_doc *d, uint64_t steps);

/* Bytes that wait for something else to come. */
size_t yjs_doc_waiting(const struct yjs_doc *d);

/* Bytes of memory that the document holds. */
size_t yjs_doc_memory(const struct yjs_doc *d);

/*
 * The root types' names, in order of first use: *at is NULL to begin with and the function's own then.
 * False behind the last.
 */
bool yjs_doc_roots(const struct yjs_doc *d, const void **at, struct bytes *name);

/* The keys that root `root` has as a map (as Y.Map.keys), likewise. */
bool yjs_doc_keys(const struct yjs_doc *d, struct bytes root, const void **at, struct bytes *key);

/* Appends the text of root `name` (as Y.Text.toString); false, and nothing, if there is no such. */
bool yjs_doc_text(const struct yjs_doc *d, struct bytes name, struct buf *out);

/* Appends root `name` as JSON (as toJSON), read as `kind`: YJS_MAP, YJS_ARRAY or YJS_TEXT. */
bool yjs_doc_json(const struct yjs_doc *d, struct bytes name, enum yjs_type kind, struct buf *out);

/* A point in the document's life, encoded as Y.encodeSnapshot: delete set and state vector. */
void yjs_doc_snapshot(const struct yjs_doc *d, struct buf *out);

/*
 * An update that makes a new document as this one was at the snapshot. The document must keep
 * what was deleted. Exact but for pairs of surrogates that were split since, as in yjs; replaying
 * the log is exact always.
 */
int yjs_doc_at(const struct yjs_doc *d, struct bytes snapshot, struct buf *out, struct err *e);

#endif
