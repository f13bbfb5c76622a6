/*
 * merge.c - many updates into one, without a document.
 *
 * Source: mergeUpdatesV2 of yjs src/utils/updates.js, which sorts all its readers again after each
 * step. Here they stand in a heap under the same order: higher client first, then lower clock, and
 * among equals the one that arrived there last (that is what a stable sort with the present reader
 * in front amounts to), so that the bytes are the same at n log n.
 */
#include "lazy.h"

#include <stdlib.h>

/* A reader of one update's structs; holds only its place, the struct there is read when needed. */
struct source {
	const uint8_t *p, *end;
	uint64_t client;
	uint32_t clock, left, sections;
};

struct entry {
	uint64_t client;
	int64_t arrival;
	uint32_t clock, source;
	bool gc;
};

struct merge {
	const struct yjs_limits *lim;
	struct buf sources;	/* struct source */
	struct ydset deletes;
	struct entry *heap;
	size_t n;
	int64_t arrivals;
	struct ylazy out;
	struct yblock held;	/* not yet written: the next one may continue it */
	uint32_t held_cut;
	bool holding;
};

static struct source *
source_at(struct merge *m, size_t i)
{
	return (struct source *)(void *)m->sources.data + i;
}

static size_t
source_count(const struct merge *m)
{
	return m->sources.len / sizeof(struct source);
}

/* The struct at the source's place. The update was checked when it came in. */
static void
source_peek(const struct merge *m, const struct source *s, struct yblock *b)
{
	struct yrd r = { .p = s->p, .end = s->end, .start = s->p };

	yblock_read(&r, m->lim, s->client, s->clock, b);
}

static bool
source_section(struct source *s)
{
	if (s->sections == 0)
		return false;
	struct yrd r = { .p = s->p, .end = s->end, .start = s->p };
	s->sections--;
	s->left = (uint32_t)yrd_uint(&r);
	s->client = yrd_uint(&r);
	s->clock = (uint32_t)yrd_uint(&r);
	s->p = r.p;
	return true;
}

/* Steps over b, the struct it stands at, and over Skips; reads the next into b. */
static bool
source_next(const struct merge *m, struct source *s, struct yblock *b)
{
	do {
		s->p = b->raw.data + b->raw.len;
		s->clock = yblock_end(b);
		if (--s->left == 0 && !source_section(s))
			return false;
		source_peek(m, s, b);
	} while (b->ref == REF_SKIP);
	return true;
}

/* Whether x is to be read before y. */
static bool
before(const struct entry *x, const struct entry *y)
{
	if (x->client != y->client)
		return x->client > y->client;
	if (x->clock != y->clock)
		return x->clock < y->clock;
	/* yjs compares a GC with an item as "less" both ways; its sort then turns them around. */
	return x->gc == y->gc ? x->arrival < y->arrival : x->arrival > y->arrival;
}

static void
sift_down(struct merge *m, size_t i)
{
	struct entry moving = m->heap[i];

	for (;;) {
		size_t child = 2 * i + 1;
		if (child >= m->n)
			break;
		if (child + 1 < m->n && before(&m->heap[child + 1], &m->heap[child]))
			child++;
		if (!before(&m->heap[child], &moving))
			break;
		m->heap[i] = m->heap[child];
		i = child;
	}
	m->heap[i] = moving;
}

/* The first source stands at b now, or, if !more, at its end. */
static void
replace_top(struct merge *m, const struct yblock *b, bool more)
{
	if (more) {
		m->heap[0].client = b->client;
		m->heap[0].clock = b->clock;
		m->heap[0].gc = b->ref == REF_GC;
		m->heap[0].arrival = --m->arrivals;
	} else {
		m->heap[0] = m->heap[--m->n];
	}
	if (m->n > 0)
		sift_down(m, 0);
}

/* Adds a source that stands at b, with `sections` behind the present one. */
static void
add_source(struct merge *m, const struct ywalk *w, const struct yblock *b, uint64_t sections)
{
	struct source s = {
		.p = b->raw.data, .end = w->rd.end, .client = b->client, .clock = b->clock,
		.left = (uint32_t)w->left + 1, .sections = (uint32_t)sections,
	};

	buf_add(&m->sources, &s, sizeof(s));
}

/*
 * Checks an update and adds it: as one source or, if its clients do not descend, one for each
 * section, so that the heap puts them in order.
 */
static int
add_update(struct merge *m, struct bytes update, struct err *e)
{
	size_t first = m->sources.len;
	uint64_t client = UINT64_MAX;
	bool descends = true;
	struct ywalk w;
	struct yblock b;
	struct yjs_range d;

	ywalk_open(&w, update, m->lim);
	while (ywalk_struct(&w, &b)) {
		if (b.client == client)
			continue;
		descends = descends && (client == UINT64_MAX || b.client < client);
		add_source(m, &w, &b, client == UINT64_MAX ? w.sections : 0);
		client = b.client;
	}
	if (descends && m->sources.len > first)
		m->sources.len = first + sizeof(struct source);
	else if (m->sources.len > first)
		source_at(m, first / sizeof(struct source))->sections = 0;
	while (ywalk_delete(&w, &d))
		ydset_add(&m->deletes, d.client, d.start, d.end);
	return ywalk_close(&w, e);
}

static void
make_heap(struct merge *m)
{
	m->heap = calloc(source_count(m) + 1, sizeof(*m->heap));
	if (m->heap == NULL)
		abort();
	for (size_t i = 0; i < source_count(m); i++) {
		struct source *s = source_at(m, i);
		struct yblock b;
		bool more = true;
		source_peek(m, s, &b);
		if (b.ref == REF_SKIP)
			more = source_next(m, s, &b);
		if (more)
			m->heap[m->n++] = (struct entry){ s->client, (int64_t)i, s->clock, (uint32_t)i,
				b.ref == REF_GC };
	}
	for (size_t i = m->n / 2; i-- > 0;)
		sift_down(m, i);
}

/* Writes what is held, and holds b without its first `cut` units. */
static void
hold(struct merge *m, const struct yblock *b, uint32_t cut)
{
	if (m->holding)
		ylazy_write(&m->out, &m->held, m->held_cut);
	m->held = *b;
	m->held_cut = cut;
	m->holding = true;
}

/* Holds a Skip from the end of what is held to `clock`. */
static void
hold_skip(struct merge *m, uint32_t clock)
{
	uint32_t from = yblock_end(&m->held);
	struct yblock skip = {
		.client = m->held.client, .clock = from, .len = clock - from,
		.info = REF_SKIP, .ref = REF_SKIP,
	};

	hold(m, &skip, 0);
}

/* Takes b, of the client that is held and not wholly known. True if b is used up. */
static bool
join(struct merge *m, const struct yblock *b)
{
	uint32_t end = yblock_end(&m->held);

	if (end < b->clock) {
		hold_skip(m, b->clock);
		return false;
	}
	if (m->held.ref == REF_GC && b->ref == REF_GC) {
		m->held.len += yblock_end(b) - end;
		return false;
	}
	hold(m, b, end - b->clock);
	return true;
}

/* Passes over what is known already. False if the source is to be queued anew, at b or at its end. */
static bool
skip_known(struct merge *m, struct source *s, struct yblock *b, bool *more)
{
	uint64_t client = b->client;
	bool moved = false;

	while (*more && b->client >= m->held.client && yblock_end(b) <= yblock_end(&m->held)) {
		*more = source_next(m, s, b);
		moved = true;
	}
	return *more && b->client == client && !(moved && b->clock > yblock_end(&m->held));
}

/* One step of the merge: reads from the first source as long as nothing else can come between. */
static void
step(struct merge *m)
{
	struct source *s = source_at(m, m->heap[0].source);
	uint64_t client = s->client;
	struct yblock b;
	bool more = true, used = true;

	source_peek(m, s, &b);
	if (!m->holding || skip_known(m, s, &b, &more)) {
		if (m->holding && client == m->held.client)
			used = join(m, &b);
		else
			hold(m, &b, 0);
		if (used)
			more = source_next(m, s, &b);
		while (more && b.client == client && b.clock == yblock_end(&m->held)) {
			hold(m, &b, 0);
			more = source_next(m, s, &b);
		}
	}
	replace_top(m, &b, more);
}

static void
merge_free(struct merge *m)
{
	buf_free(&m->sources);
	ydset_free(&m->deletes);
	ylazy_free(&m->out);
	free(m->heap);
}

int
yjs_merge(struct buf *out, const struct bytes *updates, size_t n, const struct yjs_limits *lim,
    struct err *e)
{
	struct merge m = { .lim = lim };

	if (n == 1) {
		if (yjs_validate(updates[0], lim, NULL, e) != 0)
			return -1;
		buf_add(out, updates[0].data, updates[0].len);
		return 0;
	}
	for (size_t i = 0; i < n; i++) {
		if (add_update(&m, updates[i], e) != 0) {
			merge_free(&m);
			return -1;
		}
	}
	make_heap(&m);
	while (m.n > 0)
		step(&m);
	if (m.holding)
		ylazy_write(&m.out, &m.held, m.held_cut);
	ylazy_finish(&m.out, &m.deletes, out);
	merge_free(&m);
	return 0;
}
