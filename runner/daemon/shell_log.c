/*
 * shell_log.c - see shell_log.h.
 */
#include "shell_log.h"

#include "clock.h"
#include "log.h"
#include "queries_runner.h"
#include "shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WINDOW_MS 16
#define CHUNK 16384
#define WAITING_MAX (1 << 20)	/* bytes that may wait for Redis */
#define AGAIN_MS 200
#define RECORD_MS 5000
#define RECORD_BYTES (256 << 10)
#define SCROLL_BYTES (128 << 10)	/* what a joiner is shown, at least, where there is so much */
#define STREAM_LIVES_S 600		/* after the end */

void
shell_log_init(struct shell_log *l, struct slot *s, const char *id, const char *room)
{
	memset(l, 0, sizeof(*l));
	l->slot = s;
	l->id = id;
	l->room = room;
}

void
shell_log_free(struct shell_log *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->chunks[i].data);
	free(l->chunks);
	buf_free(&l->gathered);
}

static void
complain(struct shell_log *l, const char *what)
{
	log_warn("terminal %s: %s: %s", l->id, what, l->slot->err.detail);
}

/* --- chunks */

static void
add_chunk(struct shell_log *l, enum terminal_chunk_kind kind, const char *participant, const void *data, size_t len)
{
	if (l->count == l->space) {
		l->space = l->space == 0 ? 64 : l->space * 2;
		l->chunks = reallocarray(l->chunks, l->space, sizeof(*l->chunks));
		if (l->chunks == NULL)
			abort();
	}
	struct shell_chunk *c = &l->chunks[l->count++];
	*c = (struct shell_chunk){ .seq = ++l->seq, .at_ms = clock_wall_ms(), .kind = kind, .len = len };
	snprintf(c->participant, sizeof(c->participant), "%s", participant);
	c->data = strndup(data, len);
	if (c->data == NULL)
		abort();
	l->waiting += len;
	l->unrecorded += len;
}

/* The largest piece from there, at most CHUNK bytes, that does not end inside a character. */
static size_t
piece(const struct buf *text, size_t from)
{
	size_t n = text->len - from;

	if (n <= CHUNK)
		return n;
	for (n = CHUNK; (text->data[from + n] & 0xc0) == 0x80; n--)
		;
	return n;
}

static void
cut(struct shell_log *l, int64_t now)
{
	for (size_t from = 0, n; from < l->gathered.len; from += n) {
		n = piece(&l->gathered, from);
		add_chunk(l, TERMINAL_CHUNK_KIND_OUTPUT, "", l->gathered.data + from, n);
	}
	buf_clear(&l->gathered);
	l->cut_at = now;
}

void
shell_log_printed(struct shell_log *l, const uint8_t *data, size_t len)
{
	l->printed += (int64_t)len;
	for (size_t from = 0, n; from < len; from += n + 1) {
		const uint8_t *nul = memchr(data + from, '\0', len - from);
		n = nul != NULL ? (size_t)(nul - data) - from : len - from;
		if (n > 0)
			text_add(&l->gathered, &l->tail, data + from, n);
	}
}

void
shell_log_did(struct shell_log *l, enum terminal_chunk_kind kind, const char *participant, const char *data, size_t len)
{
	cut(l, clock_mono_ms());
	add_chunk(l, kind, participant, data, len);
}

/* --- store, then show */

static int
send_chunk(struct shell_log *l, const struct shell_chunk *c)
{
	return redis_send(l->slot->redis, "XADD terminal:%s:log %lld-0 k %s d %b t %lld p %s", l->id, (long long)c->seq,
	    terminal_chunk_kind_names[c->kind], c->data, c->len, (long long)c->at_ms, c->participant);
}

/* Redis has this entry already: the answer to an earlier try was lost. */
static bool
there_already(const struct err *e)
{
	return strstr(e->detail, "equal or smaller") != NULL;
}

/* Sends chunks [from, to) in one go. Returns how far it came. */
static size_t
store_some(struct shell_log *l, size_t from, size_t to)
{
	size_t sent = from, done = from;

	while (sent < to && send_chunk(l, &l->chunks[sent]) == 0)
		sent++;
	for (; done < sent; done++) {
		if (redis_reply(l->slot->redis) == NULL && !there_already(&l->slot->err))
			break;
		err_clear(&l->slot->err);
	}
	return done;
}

/*
 * Stores what was not; returns how many of all are in Redis now. The first alone: a Redis that is still loading refuses
 * it, and might have loaded by the second, which would then take its place.
 */
static size_t
store(struct shell_log *l)
{
	if (l->stored == l->count)
		return l->count;
	slot_fresh(l->slot);
	size_t done = store_some(l, l->stored, l->stored + 1);
	return done > l->stored && done < l->count ? store_some(l, done, l->count) : done;
}

static void
publish(struct slot *s, const char *kind, const char *room, struct buf *json)
{
	struct err e = { 0 };
	char channel[64];

	snprintf(channel, sizeof(channel), "%s.%s", kind, room);
	if (realtime_publish_text(s->realtime, &e, channel, json->data, json->len) < 0)
		log_warn("%s is not shown: %s", channel, e.detail);
	buf_free(json);
}

static void
show(struct shell_log *l, const struct shell_chunk *c)
{
	struct terminal_chunk chunk = { .terminal = l->id, .seq = c->seq, .kind = c->kind, .data = c->data,
		.participant = c->participant[0] != '\0' ? c->participant : NULL };
	struct buf json = { 0 };

	terminal_chunk_encode(&json, &chunk);
	publish(l->slot, "terminal", l->room, &json);
}

static void
store_and_show(struct shell_log *l, int64_t now)
{
	size_t done = store(l);

	if (done < l->count) {
		if (l->again_at == 0)
			complain(l, "what happens there waits until it can be stored");
		l->again_at = now + AGAIN_MS;
	} else
		l->again_at = 0;
	for (; l->stored < done; l->stored++) {
		show(l, &l->chunks[l->stored]);
		l->waiting -= l->chunks[l->stored].len;
	}
}

bool
shell_log_full(const struct shell_log *l)
{
	return l->waiting + l->gathered.len >= WAITING_MAX;
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int
shell_log_wait(const struct shell_log *l, int64_t now)
{
	int64_t at = INT64_MAX;

	if (l->gathered.len > 0)
		at = l->gathered.len >= CHUNK ? now : l->cut_at + WINDOW_MS;
	if (l->stored < l->count)
		at = sooner(at, l->again_at);
	if (l->count > 0)
		at = sooner(at, l->record_at);
	if (at == INT64_MAX)
		return -1;
	return at > now ? (int)(at - now) : 0;
}

void
shell_log_work(struct shell_log *l, int64_t now)
{
	if (l->gathered.len > 0 && (l->gathered.len >= CHUNK || now >= l->cut_at + WINDOW_MS))
		cut(l, now);
	if (l->stored < l->count && now >= l->again_at)
		store_and_show(l, now);
	if (l->record_at == 0)
		l->record_at = now + RECORD_MS;
	if (l->stored > 0 && (now >= l->record_at || l->unrecorded >= RECORD_BYTES))
		shell_log_record(l, now);
}

/* --- recorded */

static void
encode(struct buf *b, const struct shell_chunk *c)
{
	buf_printf(b, "%s{\"seq\":%lld,\"kind\":\"%s\",\"t\":%lld,", b->len > 1 ? "," : "", (long long)c->seq,
	    terminal_chunk_kind_names[c->kind], (long long)c->at_ms);
	if (c->participant[0] != '\0')
		buf_printf(b, "\"p\":\"%s\",", c->participant);
	buf_str(b, "\"data\":");
	json_text(b, c->data, c->len);
	buf_str(b, "}");
}

/* The stream may lose the oldest of what the table has, as long as a joiner finds enough there. */
static void
trim(struct shell_log *l)
{
	size_t ring = sizeof(l->kept) / sizeof(*l->kept);
	int64_t lose = 0;

	while (l->kept_count > 0 && (l->kept_bytes > SCROLL_BYTES || l->kept_count > ring - 64)) {
		lose = l->kept[l->kept_from].seq;
		l->kept_bytes -= l->kept[l->kept_from].len;
		l->kept_from = (l->kept_from + 1) % ring;
		l->kept_count--;
	}
	slot_fresh(l->slot);
	if (lose > 0 &&
	    redis_cmd(l->slot->redis, "XTRIM terminal:%s:log MINID %lld-0", l->id, (long long)lose + 1) == NULL)
		complain(l, "its stream is not cut back");
}

static void
keep(struct shell_log *l, const struct shell_chunk *c)
{
	size_t ring = sizeof(l->kept) / sizeof(*l->kept);

	if (l->kept_count == ring)
		trim(l);
	size_t at = (l->kept_from + l->kept_count++) % ring;
	l->kept[at].seq = c->seq;
	l->kept[at].len = c->len;
	l->kept_bytes += c->len;
}

static void
forget_recorded(struct shell_log *l)
{
	size_t n = l->stored;

	for (size_t i = 0; i < n; i++) {
		keep(l, &l->chunks[i]);
		l->unrecorded -= l->chunks[i].len;
		free(l->chunks[i].data);
	}
	memmove(l->chunks, l->chunks + n, (l->count - n) * sizeof(*l->chunks));
	l->count -= n;
	l->stored = 0;
	trim(l);
}

bool
shell_log_record(struct shell_log *l, int64_t now)
{
	struct buf json = { 0 };

	l->record_at = now + RECORD_MS;
	buf_byte(&json, '[');
	for (size_t i = 0; i < l->stored; i++)
		encode(&json, &l->chunks[i]);
	buf_byte(&json, ']');
	slot_fresh(l->slot);
	int n = l->stored > 0 ? shell_record(l->slot->pg, l->id, buf_cstr(&json)) : 0;
	buf_free(&json);
	if (n < 0)
		complain(l, "it is not recorded yet");
	else
		forget_recorded(l);
	return n >= 0;
}

void
shell_log_end(struct shell_log *l)
{
	text_end(&l->gathered, &l->tail);
	cut(l, clock_mono_ms());
	for (int tries = 0; tries < 50 && l->count > 0; tries++) {
		if (tries > 0)
			usleep(AGAIN_MS * 1000);
		store_and_show(l, clock_mono_ms());
		shell_log_record(l, clock_mono_ms());
	}
	slot_fresh(l->slot);
	if (redis_cmd(l->slot->redis, "EXPIRE terminal:%s:log %d", l->id, STREAM_LIVES_S) == NULL ||
	    redis_cmd(l->slot->redis, "DEL terminal:%s:input", l->id) == NULL)
		complain(l, "its streams are not ended");
	slot_fresh(l->slot);
	if (realtime_flush(l->slot->realtime, &l->slot->err) < 0)
		complain(l, "perhaps not all was shown");
}

/* --- what others left */

/* Fields k, d, t, p in this order: send_chunk(). */
static bool
read_entry(const redisReply *e, struct shell_chunk *c)
{
	const redisReply *f = e->elements == 2 ? e->element[1] : NULL;

	if (f == NULL || f->elements != 8)
		return false;
	*c = (struct shell_chunk){ .seq = strtoll(e->element[0]->str, NULL, 10),
		.kind = terminal_chunk_kind_of(f->element[1]->str), .data = f->element[3]->str,
		.len = f->element[3]->len, .at_ms = strtoll(f->element[5]->str, NULL, 10) };
	snprintf(c->participant, sizeof(c->participant), "%s", f->element[7]->str);
	return c->kind != TERMINAL_CHUNK_KIND_NONE;
}

bool
shell_log_rescue(struct slot *s, const char *id)
{
	struct buf json = { 0 };
	struct shell_chunk c;

	slot_fresh(s);
	redisReply *r = redis_cmd(s->redis, "XRANGE terminal:%s:log - +", id);
	buf_byte(&json, '[');
	for (size_t i = 0; r != NULL && i < r->elements; i++)
		if (read_entry(r->element[i], &c))
			encode(&json, &c);
	buf_byte(&json, ']');
	bool done = r != NULL && shell_record(s->pg, id, buf_cstr(&json)) >= 0 &&
	    redis_cmd(s->redis, "EXPIRE terminal:%s:log %d", id, STREAM_LIVES_S) != NULL;
	buf_free(&json);
	if (!done)
		log_warn("terminal %s: what its runner left is not recorded yet: %s", id, s->err.detail);
	return done;
}

void
shell_tell(struct slot *s, const struct terminal *t)
{
	struct terminal_event event = { .type = TERMINAL_EVENT_TYPE_TERMINAL, .terminal = *t };
	struct buf json = { 0 };

	terminal_event_encode(&json, &event);
	publish(s, "room", t->room, &json);
}
