/*
 * reply.c - headers, cookies and the reply on its way out. Also what fn.h offers for them.
 */
#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A function that lets a caller write header lines must not come far. */
static void
check_value(const char *value)
{
	for (; *value != '\0'; value++)
		if ((unsigned char)*value < 0x20 || *value == 0x7f)
			abort();
}

void
fn_set_header(struct fn *fn, const char *name, const char *value)
{
	struct request *r = request_of(fn);

	check_value(value);
	if (strcmp(name, "Content-Type") == 0) {
		r->body_type = arena_strdup(fn->arena, value);
		return;
	}
	if (r->headers_count == REPLY_HEADERS_MAX)
		abort();
	r->header_names[r->headers_count] = name;
	r->header_values[r->headers_count++] = arena_strdup(fn->arena, value);
}

void
fn_set_status(struct fn *fn, int status)
{
	request_of(fn)->status = status;
}

void
fn_set_cookie(struct fn *fn, const char *name, const char *value, int seconds)
{
	const char *prefix = fn->tls ? "__Host-" : "", *secure = fn->tls ? "; Secure" : "";

	if (value == NULL) {
		value = "";
		seconds = 0;
	}
	if (strpbrk(value, ";, \"\\") != NULL)
		abort();
	fn_set_header(fn, "Set-Cookie",
	    arena_printf(fn->arena, "%s%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s", prefix, name, value,
		seconds, secure));
}

const char *
fn_cookie(const struct fn *fn, const char *name)
{
	const char *at = request_of(fn)->cookies;
	char wanted[80];
	size_t len = strlen(fn->tls ? "__Host-" : "") + strlen(name);

	if (len >= sizeof(wanted))
		abort();
	strcpy(wanted, fn->tls ? "__Host-" : "");
	strcat(wanted, name);
	while (at != NULL) {
		at += strspn(at, " ;");
		size_t end = strcspn(at, ";");
		if (end > len && at[len] == '=' && memcmp(at, wanted, len) == 0)
			return arena_strndup(fn->arena, at + len + 1, end - len - 1);
		at = at[end] == ';' ? at + end : NULL;
	}
	return NULL;
}

void
fn_subscribe(struct fn *fn, const char *channels)
{
	fn_set_header(fn, "X-Accel-Redirect", arena_printf(fn->arena, "/internal/%s", request_of(fn)->route->id));
	fn_set_header(fn, "X-Channels", channels);
	if (fn->who != NULL)
		fn_set_header(fn, "X-Caller", fn->who->subject);
}

void
fn_when_closed(struct fn *fn, const struct shape *shape, const void *message)
{
	struct buf json = { 0 };

	shape_encode(&json, shape, message);
	fn_set_header(fn, "X-Closed", buf_cstr(&json));
	buf_free(&json);
}

static void
add_line(struct buf *head, const char *name, const char *value)
{
	buf_str(head, name);
	buf_str(head, ": ");
	buf_str(head, value);
	buf_str(head, "\r\n");
}

void
reply_send(struct request *r)
{
	static struct buf head;		/* its memory is kept: there is one reply at a time */
	char number[24];

	buf_clear(&head);
	int n = r->status;
	char status[] = { (char)('0' + n / 100), (char)('0' + n / 10 % 10), (char)('0' + n % 10), '\0' };
	add_line(&head, "Status", status);
	add_line(&head, "X-Request-Id", r->fn.request_id);
	for (size_t i = 0; i < r->headers_count; i++)
		add_line(&head, r->header_names[i], r->header_values[i]);
	if (r->body_type != NULL) {
		snprintf(number, sizeof(number), "%zu", r->body.len);
		add_line(&head, "Content-Type", r->body_type);
		add_line(&head, "Content-Length", number);
	}
	buf_str(&head, "\r\n");
	FCGX_PutStr((const char *)head.data, (int)head.len, r->fcgi->out);
	if (r->body.len > 0)
		FCGX_PutStr((const char *)r->body.data, (int)r->body.len, r->fcgi->out);
}
