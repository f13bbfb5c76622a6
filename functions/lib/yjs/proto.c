/*
 * proto.c - y-protocols messages: sync, awareness, auth. Source: y-protocols sync.js, awareness.js
 * (update encoding), y-websocket (the number in front).
 */
#include "block.h"
#include "value.h"

#include "buf.h"

enum { FRAME_SYNC, FRAME_AWARENESS, FRAME_AUTH, FRAME_QUERY };

static void
read_frame(struct yrd *r, struct yjs_frame *f)
{
	uint64_t kind = yrd_uint(r);

	f->payload = (struct bytes){ r->p, 0 };
	switch (kind) {
	case FRAME_SYNC:
		kind = yrd_uint(r);
		if (kind > 2)
			yrd_fail(r, "a sync message of unknown kind");
		f->kind = YJS_SYNC_STEP1 + (enum yjs_message)kind;
		break;
	case FRAME_AWARENESS:
		f->kind = YJS_AWARENESS;
		break;
	case FRAME_AUTH:
		if (yrd_uint(r) != 0)
			yrd_fail(r, "an auth message of unknown kind");
		f->kind = YJS_AUTH;
		break;
	case FRAME_QUERY:
		f->kind = YJS_QUERY_AWARENESS;
		return;
	default:
		yrd_fail(r, "a message of unknown type");
	}
	f->payload = yrd_bytes(r);
}

int
yjs_frame_next(struct bytes *rest, struct yjs_frame *out, struct err *e)
{
	struct yrd r = yrd_new(*rest);
	struct yjs_frame f;

	if (rest->len == 0)
		return 0;
	read_frame(&r, &f);
	if (r.bad != NULL)
		return yrd_error(&r, "message", e);
	*out = f;
	*rest = (struct bytes){ r.p, yrd_left(&r) };
	return 1;
}

void
yjs_frame_write(struct buf *out, enum yjs_message kind, struct bytes payload)
{
	switch (kind) {
	case YJS_SYNC_STEP1:
	case YJS_SYNC_STEP2:
	case YJS_SYNC_UPDATE:
		buf_byte(out, FRAME_SYNC);
		buf_byte(out, (uint8_t)(kind - YJS_SYNC_STEP1));
		break;
	case YJS_AWARENESS:
		buf_byte(out, FRAME_AWARENESS);
		break;
	case YJS_AUTH:
		buf_byte(out, FRAME_AUTH);
		buf_byte(out, 0);
		break;
	case YJS_QUERY_AWARENESS:
		buf_byte(out, FRAME_QUERY);
		return;
	}
	ywr_bytes(out, payload);
}

static void
read_presence(struct yrd *r, size_t state_len, struct yjs_presence *p)
{
	p->client = yrd_uint(r);
	uint64_t clock = yrd_uint(r);
	if (clock > UINT32_MAX)
		yrd_fail(r, "a clock above 2^32");
	p->clock = (uint32_t)clock;
	p->state = yrd_string(r);
	if (p->state.len > state_len)
		yrd_limit(r, "a state that is too long");
	else if (r->bad == NULL && !yjson_valid(p->state, VALUE_DEPTH))
		yrd_fail(r, "a state that is not JSON");
	p->gone = p->state.len == 4 && memcmp(p->state.data, "null", 4) == 0;
}

int
yjs_awareness_decode(struct arena *a, struct bytes in, uint32_t entries, size_t state_len,
    struct yjs_presence **out, size_t *n, struct err *e)
{
	struct yrd r = yrd_new(in);
	struct yidset seen = { 0 };
	size_t count = (size_t)yrd_count(&r, 3);
	struct yjs_presence *v = NULL;

	if (count > entries)
		yrd_limit(&r, "more clients than are taken here");
	if (r.bad == NULL)
		v = arena_array(a, count, sizeof(*v));
	for (size_t i = 0; i < count && r.bad == NULL; i++) {
		read_presence(&r, state_len, &v[i]);
		yidset_add(&seen, v[i].client);
	}
	if (yidset_repeats(&seen))
		yrd_fail(&r, "a client twice");
	if (r.bad == NULL && yrd_left(&r) > 0)
		yrd_fail(&r, "bytes behind the end");
	if (r.bad != NULL)
		return yrd_error(&r, "awareness", e);
	*out = v;
	*n = count;
	return 0;
}

void
yjs_awareness_encode(struct buf *out, const struct yjs_presence *v, size_t n)
{
	ywr_uint(out, n);
	for (size_t i = 0; i < n; i++) {
		ywr_uint(out, v[i].client);
		ywr_uint(out, v[i].clock);
		ywr_bytes(out, v[i].gone ? (struct bytes){ (const uint8_t *)"null", 4 } : v[i].state);
	}
}
