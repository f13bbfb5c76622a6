/*
 * update.c - mutates updates: their structs and deletes are taken out as far as the engine's reader gets, changed
 * as parts, and written again in sections with counts that fit.
 */
#include "mutate.h"

#include "block.h"
#include "make.h"

#include <stdlib.h>

enum { PARTS = 512, CLIENTS = 8 };

/* A struct as it will be written, or a delete: then `raw` is not used. */
struct part {
	uint64_t client, clock, len;
	size_t order;
	struct bytes raw;
};

struct parts {
	struct part s[PARTS], del[PARTS];
	size_t n, n_del;
	uint64_t clients[CLIENTS];
	size_t n_clients;
	struct arena *mem;
};

static void
learn_client(struct parts *p, uint64_t client)
{
	for (size_t i = 0; i < p->n_clients; i++) {
		if (p->clients[i] == client)
			return;
	}
	if (p->n_clients < CLIENTS)
		p->clients[p->n_clients++] = client;
}

static void
take_apart(struct parts *p, struct bytes in)
{
	struct ywalk w;
	struct yblock b;
	struct yjs_range r;
	struct err e = { 0 };

	ywalk_open(&w, in, &yjs_limits_all);
	while (p->n < PARTS && ywalk_struct(&w, &b)) {
		learn_client(p, b.client);
		p->s[p->n++] = (struct part){ .client = b.client, .clock = b.clock, .len = b.len, .raw = b.raw };
	}
	while (p->n < PARTS && p->n_del < PARTS && ywalk_delete(&w, &r)) {
		learn_client(p, r.client);
		p->del[p->n_del++] = (struct part){ .client = r.client, .clock = r.start, .len = r.end - r.start };
	}
	ywalk_close(&w, &e);
	learn_client(p, 1);
	learn_client(p, 2);
}

static uint64_t
some_client(struct dice *d, const struct parts *p)
{
	if (dice_once_in(d, 16))
		return dice_number(d, p->clients[0]);
	return p->clients[dice_below(d, p->n_clients)];
}

/* An item that is there, or nearly. */
static void
put_id(struct dice *d, const struct parts *p, const struct part *self, struct buf *out)
{
	const struct part *to = p->n > 0 ? &p->s[dice_below(d, p->n)] : self;
	uint64_t clock = to->clock + dice_below(d, to->len);

	if (to->client == self->client && clock >= self->clock && !dice_once_in(d, 32))
		clock = dice_below(d, self->clock);
	ywr_uint(out, to->client);
	ywr_uint(out, dice_once_in(d, 16) ? dice_number(d, clock) : clock);
}

static void
put_head(struct dice *d, const struct parts *p, const struct part *self, uint8_t ref, struct buf *out)
{
	uint8_t info = ref | (uint8_t)(dice_below(d, 8) << 5);
	struct bytes root = { (const uint8_t *)"t", 1 };

	buf_byte(out, info);
	for (int i = 0; i < ((info & INFO_ORIGIN) != 0) + ((info & INFO_RIGHT) != 0); i++)
		put_id(d, p, self, out);
	if (info & (INFO_ORIGIN | INFO_RIGHT))
		return;
	if (dice_once_in(d, 2)) {
		buf_byte(out, 1);
		ywr_bytes(out, root);
	} else {
		buf_byte(out, 0);
		put_id(d, p, self, out);
	}
	if (info & INFO_SUB)
		make_string(d, out);
}

/* The content of a part, read again. */
static bool
read_part(const struct part *s, struct yblock *b)
{
	struct yrd r = yrd_new(s->raw);

	yblock_read(&r, &yjs_limits_all, s->client, (uint32_t)s->clock, b);
	return r.bad == NULL;
}

static struct bytes
keep(struct parts *p, struct buf *made)
{
	uint8_t *copy = arena_alloc(p->mem, made->len);

	memcpy(copy, made->data, made->len);
	struct bytes b = { copy, made->len };
	buf_free(made);
	return b;
}

/* Gives a struct another place, other content, or both. */
static void
remake(struct dice *d, struct parts *p, struct part *s)
{
	static const uint8_t refs[] = { REF_STRING, REF_STRING, REF_STRING, REF_DELETED, REF_ANY, REF_TYPE, REF_TYPE,
		REF_FORMAT, REF_EMBED, REF_JSON, REF_BINARY, REF_DOC, REF_GC, REF_SKIP };
	uint8_t ref = refs[dice_below(d, sizeof(refs))];
	struct buf out = { 0 };
	struct yblock b;

	if (s->raw.len > 0 && read_part(s, &b) && b.ref != REF_GC && b.ref != REF_SKIP && dice_once_in(d, 2)) {
		put_head(d, p, s, b.ref, &out);
		yblock_write_content(&out, &b, 0);
	} else if (ref == REF_GC || ref == REF_SKIP) {
		buf_byte(&out, ref);
		make_content(d, ref, &out);
	} else {
		put_head(d, p, s, ref, &out);
		make_content(d, ref, &out);
	}
	s->raw = keep(p, &out);
	s->len = read_part(s, &b) ? b.len : 1;
}

static void
insert(struct part *v, size_t *n, size_t at, struct part s)
{
	if (*n == PARTS)
		return;
	memmove(v + at + 1, v + at, (*n - at) * sizeof(*v));
	v[at] = s;
	++*n;
}

static void
drop(struct part *v, size_t *n, size_t at)
{
	memmove(v + at, v + at + 1, (--*n - at) * sizeof(*v));
}

/* Mostly behind another of its client. */
static void
add_struct(struct dice *d, struct parts *p)
{
	size_t at = (size_t)dice_below(d, p->n + 1);
	const struct part *before = at > 0 && !dice_once_in(d, 4) ? &p->s[at - 1] : NULL;
	struct part fresh = { .client = some_client(d, p), .clock = dice_below(d, 8), .len = 1 };

	if (before != NULL) {
		fresh.client = before->client;
		fresh.clock = before->clock + before->len;
	}
	remake(d, p, &fresh);
	insert(p->s, &p->n, at, fresh);
}

static void
change_structs(struct dice *d, struct parts *p)
{
	size_t at = (size_t)dice_below(d, p->n);

	if (p->n == 0 || dice_once_in(d, 4)) {
		add_struct(d, p);
		return;
	}
	switch (dice_below(d, 6)) {
	case 0:
		drop(p->s, &p->n, at);
		break;
	case 1:
		insert(p->s, &p->n, at, p->s[at]);
		break;
	case 2:
		p->s[at].client = some_client(d, p);
		break;
	case 3:
		p->s[at].clock = dice_number(d, p->s[at].clock);
		break;
	default:
		remake(d, p, &p->s[at]);
	}
}

static void
change_deletes(struct dice *d, struct parts *p)
{
	size_t at = (size_t)dice_below(d, p->n_del);
	struct part fresh = { .client = some_client(d, p), .clock = dice_below(d, 16), .len = 1 + dice_below(d, 4) };

	if (p->n_del == 0 || dice_once_in(d, 3))
		insert(p->del, &p->n_del, (size_t)dice_below(d, p->n_del + 1), fresh);
	else if (dice_once_in(d, 3))
		drop(p->del, &p->n_del, at);
	else if (dice_once_in(d, 2))
		p->del[at].clock = dice_number(d, p->del[at].clock);
	else
		p->del[at].len = dice_number(d, p->del[at].len);
}

/* Parts of one client that follow one another make a section. */
static size_t
section_end(const struct part *v, size_t n, size_t from)
{
	size_t to = from;

	while (to < n && v[to].client == v[from].client)
		to++;
	return to;
}

static int
by_client(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	if (x->client != y->client)
		return x->client < y->client ? 1 : -1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* Sections in descending order of client with none twice, or as it comes. */
static void
put_sections(struct dice *d, struct part *v, size_t n, bool structs, struct buf *out)
{
	uint64_t sections = 0;

	for (size_t i = 0; i < n; i++)
		v[i].order = i;
	if (!dice_once_in(d, 16))
		qsort(v, n, sizeof(*v), by_client);
	for (size_t i = 0; i < n; i = section_end(v, n, i))
		sections++;
	ywr_uint(out, dice_once_in(d, 64) ? dice_number(d, sections) : sections);
	for (size_t i = 0, to; i < n; i = to) {
		to = section_end(v, n, i);
		uint64_t count = dice_once_in(d, 128) ? dice_number(d, to - i) : to - i;
		if (structs)
			ywr_uint(out, count);
		ywr_uint(out, v[i].client);
		ywr_uint(out, structs ? v[i].clock : count);
		for (; i < to; i++) {
			if (structs) {
				buf_add(out, v[i].raw.data, v[i].raw.len);
			} else {
				ywr_uint(out, v[i].clock);
				ywr_uint(out, v[i].len);
			}
		}
	}
}

static void
mutate_parts(struct dice *d, struct bytes in, bool structs, struct buf *out)
{
	struct arena *mem = arena_new(4096);
	struct parts *p = arena_alloc(mem, sizeof(*p));

	p->n = p->n_del = p->n_clients = 0;
	p->mem = mem;
	take_apart(p, in);
	for (uint64_t n = 1 + dice_below(d, 4); n > 0; n--)
		!structs || dice_once_in(d, 4) ? change_deletes(d, p) : change_structs(d, p);
	put_sections(d, p->s, p->n, true, out);
	put_sections(d, p->del, p->n_del, false, out);
	arena_free(mem);
}

void
mutate_update(struct dice *d, struct bytes in, struct buf *out)
{
	mutate_parts(d, in, true, out);
}

void
mutate_deletes(struct dice *d, struct bytes in, struct buf *out)
{
	mutate_parts(d, in, false, out);
}
