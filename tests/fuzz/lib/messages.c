/*
 * messages.c - mutates state vectors, snapshots, awareness and y-protocols frames: lists of small parts.
 */
#include "mutate.h"

#include "block.h"
#include "make.h"

#include <string.h>

enum { ENTRIES = 256 };

/* A line of a list: two numbers and, in awareness, a state; a frame has a payload only. */
struct entry {
	uint64_t a, b;
	struct bytes rest;
};

struct list {
	struct entry v[ENTRIES];
	size_t n;
};

/* Numbers of any length, as far as there are some. */
static void
take_entries(struct yrd *r, bool states, struct list *l)
{
	uint64_t n = yrd_uint(r);

	for (; n > 0 && l->n < ENTRIES && r->bad == NULL; n--) {
		struct entry e = { 0 };
		e.a = yrd_uint(r);
		e.b = yrd_uint(r);
		if (states)
			e.rest = yrd_bytes(r);
		if (r->bad == NULL)
			l->v[l->n++] = e;
	}
}

static void
put_entries(struct dice *d, const struct list *l, bool states, struct buf *out)
{
	ywr_uint(out, dice_once_in(d, 32) ? dice_number(d, l->n) : l->n);
	for (size_t i = 0; i < l->n; i++) {
		ywr_uint(out, l->v[i].a);
		ywr_uint(out, l->v[i].b);
		if (states)
			ywr_bytes(out, l->v[i].rest);
	}
}

/* Drops, repeats, swaps or renumbers. */
static void
change_entries(struct dice *d, struct list *l)
{
	size_t at = (size_t)dice_below(d, l->n), to = (size_t)dice_below(d, l->n);
	struct entry e = { .a = dice_number(d, 7), .b = dice_number(d, 3), .rest = { (const uint8_t *)"null", 4 } };

	if (l->n < ENTRIES && (l->n == 0 || dice_once_in(d, 3))) {
		if (l->n > 0 && dice_once_in(d, 4))
			e = l->v[at];
		l->v[l->n++] = e;
		return;
	}
	switch (dice_below(d, 4)) {
	case 0:
		l->v[at] = l->v[--l->n];
		break;
	case 1:
		e = l->v[at];
		l->v[at] = l->v[to];
		l->v[to] = e;
		break;
	case 2:
		l->v[at].a = dice_number(d, l->v[at].a);
		break;
	default:
		l->v[at].b = dice_number(d, l->v[at].b);
	}
}

void
mutate_sv(struct dice *d, struct bytes in, struct buf *out)
{
	struct list l = { .n = 0 };
	struct yrd r = yrd_new(in);

	take_entries(&r, false, &l);
	for (uint64_t n = 1 + dice_below(d, 4); n > 0; n--)
		change_entries(d, &l);
	put_entries(d, &l, false, out);
}

/* A delete set is an update's without structs. */
void
mutate_snapshot(struct dice *d, struct bytes in, struct buf *out)
{
	struct buf update = { 0 }, changed = { 0 };
	struct yrd r = yrd_new(in);
	size_t len;

	for (uint64_t n = yrd_uint(&r); n > 0 && r.bad == NULL; n--) {
		yrd_uint(&r);
		for (uint64_t k = yrd_uint(&r); k > 0 && r.bad == NULL; k--) {
			yrd_uint(&r);
			yrd_uint(&r);
		}
	}
	len = r.bad == NULL ? in.len - yrd_left(&r) : 0;
	buf_byte(&update, 0);
	buf_add(&update, in.data, len);
	if (len == 0)
		buf_byte(&update, 0);
	if (dice_once_in(d, 2))
		mutate_deletes(d, buf_bytes(&update), &changed);
	else
		buf_add(&changed, update.data, update.len);
	buf_add(out, changed.data + 1, changed.len - 1);
	mutate_sv(d, (struct bytes){ in.data + len, in.len - len }, out);
	buf_free(&update);
	buf_free(&changed);
}

static void
change_state(struct dice *d, struct entry *e, struct buf *json)
{
	make_json(d, dice_once_in(d, 32) ? 80 : 4, json);
	e->rest = buf_bytes(json);
}

void
mutate_awareness(struct dice *d, struct bytes in, struct buf *out)
{
	struct list l = { .n = 0 };
	struct yrd r = yrd_new(in);
	struct buf json = { 0 };

	take_entries(&r, true, &l);
	for (uint64_t n = 1 + dice_below(d, 3); n > 0; n--)
		change_entries(d, &l);
	if (l.n > 0 && dice_once_in(d, 2))
		change_state(d, &l.v[dice_below(d, l.n)], &json);
	put_entries(d, &l, true, out);
	buf_free(&json);
}

static void
mutate_payload(struct dice *d, struct yjs_frame *f, struct buf *out)
{
	static mutator *const by[] = { mutate_sv, mutate_update, mutate_update, mutate_awareness };

	if (f->kind <= YJS_AWARENESS)
		by[f->kind](d, f->payload, out);
	else
		make_string(d, out);
}

/* One frame or two change inside, or one comes or goes. */
void
mutate_frames(struct dice *d, struct bytes in, struct buf *out)
{
	struct yjs_frame f[ENTRIES];
	struct bytes rest = in;
	struct buf payload = { 0 };
	struct err e = { 0 };
	size_t n = 0;

	while (n < ENTRIES - 1 && yjs_frame_next(&rest, &f[n], &e) == 1)
		n++;
	size_t changed = (size_t)dice_below(d, n + 1);
	if (changed == n)
		f[n++] = (struct yjs_frame){ .kind = (enum yjs_message)dice_below(d, 6) };
	else if (dice_once_in(d, 8))
		f[changed] = f[--n];
	for (size_t i = 0; i < n; i++) {
		buf_clear(&payload);
		if (i == changed)
			mutate_payload(d, &f[i], &payload);
		else
			buf_add(&payload, f[i].payload.data, f[i].payload.len);
		yjs_frame_write(out, f[i].kind, buf_bytes(&payload));
	}
	buf_free(&payload);
}
