/*
 * page.c - see page.h.
 */
#include "page.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define GET_MS 2000
#define GET_MAX (4 << 20)

bool
is_label(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len < 64 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

void
family(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void
sample(struct buf *out, const char *name, double value, const char *labels, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, labels);
	vsnprintf(text, sizeof(text), labels, ap);
	va_end(ap);
	buf_str(out, name);
	if (text[0] != '\0')
		buf_printf(out, "{%s}", text);
	buf_printf(out, " %.15g\n", value);
}

void
gauge(struct buf *out, const char *name, const char *help, double value)
{
	family(out, name, "gauge", help);
	sample(out, name, value, "%s", "");
}

void
counter(struct buf *out, const char *name, const char *help, double value)
{
	family(out, name, "counter", help);
	sample(out, name, value, "%s", "");
}

const char *
page_get(struct sources *s, struct http *h, const char *path)
{
	const char *url = arena_printf(s->arena, "http://viva%s", path);
	struct http_reply reply;

	if (http_request(h, s->arena, &s->err, "GET", url, NULL, (struct bytes){ 0 }, GET_MS, GET_MAX, &reply) < 0)
		return NULL;
	if (reply.status == 200)
		return (const char *)reply.body.data;
	err_set(&s->err, ERR_BUSY, "%s: %d", path, reply.status);
	return NULL;
}
