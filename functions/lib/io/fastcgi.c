/*
 * fastcgi.c - see fastcgi.h. A record is eight bytes of head (version, type, id, length, padding), content, padding.
 */
#include "fastcgi.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6 };

#define HEAD 8
#define CONTENT_MAX 65528	/* a multiple of eight: no padding is wanted in between */

static void
record(struct buf *to, int type, const void *data, size_t len)
{
	const uint8_t head[HEAD] = { 1, (uint8_t)type, 0, 1, (uint8_t)(len >> 8), (uint8_t)len };

	buf_add(to, head, sizeof(head));
	buf_add(to, data, len);
}

/* A stream: as many records as it takes, and an empty one. */
static void
stream(struct buf *to, int type, struct bytes data)
{
	for (size_t at = 0; at < data.len; at += CONTENT_MAX)
		record(to, type, data.data + at, data.len - at < CONTENT_MAX ? data.len - at : CONTENT_MAX);
	record(to, type, "", 0);
}

static void
length(struct buf *to, size_t n)
{
	if (n >= 128) {
		buf_byte(to, (uint8_t)(n >> 24 | 128));
		buf_byte(to, (uint8_t)(n >> 16));
		buf_byte(to, (uint8_t)(n >> 8));
	}
	buf_byte(to, (uint8_t)n);
}

void
fastcgi_ask(struct buf *to, const char *const *params, struct bytes body)
{
	static const uint8_t responder[8] = { 0, 1 };
	struct buf pairs = { 0 };

	for (; *params != NULL; params += 2) {
		length(&pairs, strlen(params[0]));
		length(&pairs, strlen(params[1]));
		buf_str(&pairs, params[0]);
		buf_str(&pairs, params[1]);
	}
	record(to, BEGIN, responder, sizeof(responder));
	stream(to, PARAMS, buf_bytes(&pairs));
	stream(to, STDIN, body);
	buf_free(&pairs);
}

int
fastcgi_take(struct fastcgi_reply *reply)
{
	struct buf *in = &reply->in;
	size_t at = 0;
	int ended = 0;

	while (ended == 0 && in->len - at >= HEAD) {
		const uint8_t *head = in->data + at;
		size_t len = (size_t)head[4] << 8 | head[5], all = HEAD + len + head[6];
		if (head[0] != 1)
			return -1;
		if (in->len - at < all)
			break;
		if (head[1] == STDOUT)
			buf_add(&reply->out, head + HEAD, len);
		ended = head[1] == END;
		at += all;
	}
	if (at > 0)
		memmove(in->data, in->data + at, in->len - at);
	in->len -= at;
	return ended;
}

bool
fastcgi_head(const struct fastcgi_reply *reply, struct fastcgi_head *head)
{
	const uint8_t *data = reply->out.data;
	const uint8_t *end = reply->out.len > 0 ? memmem(data, reply->out.len, "\r\n\r\n", 4) : NULL;

	if (end == NULL)
		return false;
	head->status = 200;
	head->lines = (struct bytes){ data, (size_t)(end - data) + 2 };
	head->body = (struct bytes){ end + 4, reply->out.len - (size_t)(end + 4 - data) };
	for (const uint8_t *line = data; line < end;) {
		const uint8_t *next = memmem(line, (size_t)(end + 2 - line), "\r\n", 2);
		if (next - line > 8 && strncasecmp((const char *)line, "Status: ", 8) == 0)
			head->status = atoi((const char *)line + 8);
		line = next + 2;
	}
	return true;
}

void
fastcgi_free(struct fastcgi_reply *reply)
{
	buf_free(&reply->in);
	buf_free(&reply->out);
}
