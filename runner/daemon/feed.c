/*
 * feed.c - see feed.h.
 */
#include "feed.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PAGE 16

void
feed_init(struct feed *f, const char *given, int64_t most)
{
	memset(f, 0, sizeof(*f));
	f->given = given;
	f->given_len = strlen(given);
	f->open = most > 0;
	f->most = most;
	strcpy(f->last, "0-0");
	strcpy(f->removed, "0-0");
}

void
feed_free(struct feed *f)
{
	buf_free(&f->typed);
}

static size_t
waiting(const struct feed *f)
{
	return f->given_len - f->given_sent + f->typed.len - f->typed_sent;
}

bool
feed_due(const struct feed *f)
{
	return waiting(f) > 0 || !f->open;
}

/* The longest piece that lies in one place. */
static ssize_t
write_piece(struct feed *f, int fd)
{
	if (f->given_sent < f->given_len) {
		ssize_t n = write(fd, f->given + f->given_sent, f->given_len - f->given_sent);
		f->given_sent += n > 0 ? (size_t)n : 0;
		return n;
	}
	ssize_t n = write(fd, f->typed.data + f->typed_sent, f->typed.len - f->typed_sent);
	f->typed_sent += n > 0 ? (size_t)n : 0;
	return n;
}

bool
feed_write(struct feed *f, int fd)
{
	while (waiting(f) > 0) {
		if (write_piece(f, fd) >= 0 || errno == EINTR)
			continue;
		return errno == EAGAIN;	/* else it does not want to read: its own business */
	}
	buf_clear(&f->typed);
	f->typed_sent = 0;
	return f->open;
}

/* Fields d, p, k in this order: typed.lua. */
static bool
read_entry(struct feed *f, const redisReply *e, struct feed_entry *out)
{
	const redisReply *fields = e->elements == 2 ? e->element[1] : NULL;

	if (fields == NULL || fields->elements != 6)
		return false;
	snprintf(f->last, sizeof(f->last), "%s", e->element[0]->str);
	*out = (struct feed_entry){ .data = fields->element[1]->str, .len = fields->element[1]->len,
		.participant = fields->element[3]->str, .eof = strcmp(fields->element[5]->str, "end") == 0,
		.size = strcmp(fields->element[5]->str, "size") == 0 };
	return true;
}

int
feed_take(struct feed *f, struct redis *redis, struct arena *a, const char *key, struct feed_entry **entries)
{
	int n = 0;

	if (!f->open || waiting(f) >= FEED_WAITING_MAX || f->taken >= f->most)
		return 0;
	redisReply *r = redis_cmd(redis, "XRANGE %s (%s + COUNT %d", key, f->last, PAGE);
	if (r == NULL)
		return -1;
	*entries = arena_array(a, r->elements + 1, sizeof(**entries));
	for (size_t i = 0; i < r->elements && f->open; i++) {
		struct feed_entry *e = &(*entries)[n];
		if (!read_entry(f, r->element[i], e))
			continue;
		if (!e->size)
			buf_add(&f->typed, e->data, e->len);
		f->taken += (int64_t)e->len;
		f->open = !e->eof;
		n++;
	}
	return n;
}

void
feed_taken(struct feed *f, struct redis *redis, const char *key)
{
	if (strcmp(f->removed, f->last) == 0)
		return;
	/* MINID keeps the entry that it names, and an end is to stay. */
	unsigned long long ms = 0, seq = 0;
	sscanf(f->last, "%llu-%llu", &ms, &seq);
	if (redis_cmd(redis, "XTRIM %s MINID %llu-%llu", key, ms, f->open ? seq + 1 : seq) != NULL)
		memcpy(f->removed, f->last, sizeof(f->removed));
}
