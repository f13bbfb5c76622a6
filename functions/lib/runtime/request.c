/*
 * request.c - from FastCGI parameters to struct request.
 *
 * nginx has bounded the head of the request already; the bounds here hold without it. The path is split before
 * it is decoded, so an encoded slash stays inside its segment.
 */
#include "request.h"

#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define URI_MAX 4096
#define HEADER_MAX 16384
#define HOST_MAX 255

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes %xx (and + in a query) into the arena; NULL where it is malformed or holds a NUL. */
static char *
percent_decode(struct arena *a, const char *text, size_t len, bool query)
{
	char *out = arena_alloc(a, len + 1), *at = out;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		if (c == '%') {
			int high = i + 2 < len ? hex_digit(text[i + 1]) : -1;
			int low = i + 2 < len ? hex_digit(text[i + 2]) : -1;
			if (high < 0 || low < 0 || high + low == 0)
				return NULL;
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '+' && query)
			c = ' ';
		*at++ = c;
	}
	*at = '\0';
	return out;
}

static int
parse_path(struct request *r, const char *path, size_t len)
{
	const char *end = path + len;

	if (len == 0 || *path != '/')
		return err_set(&r->fn.err, ERR_INVALID, "the path does not begin with /");
	while (path < end) {
		const char *from = path + 1, *to = memchr(from, '/', (size_t)(end - from));
		path = to != NULL ? to : end;
		if (r->segments_count == SEGMENTS_MAX)
			return err_set(&r->fn.err, ERR_NOT_FOUND, "no operation has this path");
		char *segment = percent_decode(r->fn.arena, from, (size_t)(path - from), false);
		if (segment == NULL)
			return err_set(&r->fn.err, ERR_INVALID, "the path holds a malformed %%xx");
		r->segments[r->segments_count++] = segment;
	}
	return 0;
}

static int
parse_argument(struct request *r, const char *text, size_t len)
{
	const char *equals = memchr(text, '=', len);
	size_t name_len = equals != NULL ? (size_t)(equals - text) : len;
	struct argument *arg = &r->arguments[r->arguments_count];

	if (r->arguments_count == ARGUMENTS_MAX)
		return err_set(&r->fn.err, ERR_INVALID, "the query has more than %d parameters", ARGUMENTS_MAX);
	arg->name = percent_decode(r->fn.arena, text, name_len, true);
	arg->value = equals == NULL ? "" : percent_decode(r->fn.arena, equals + 1, len - name_len - 1, true);
	if (arg->name == NULL)
		return err_set(&r->fn.err, ERR_INVALID, "the query holds a malformed %%xx");
	if (arg->value == NULL)
		return err_field(&r->fn.err, arg->name, "holds a malformed %%xx, or a NUL");
	r->arguments_count++;
	return 0;
}

static int
parse_query(struct request *r, const char *query)
{
	while (*query != '\0') {
		size_t len = strcspn(query, "&");
		if (len > 0 && parse_argument(r, query, len) < 0)
			return -1;
		query += len + (query[len] == '&');
	}
	return 0;
}

static int
parse_uri(struct request *r, const char *uri)
{
	if (uri == NULL || strlen(uri) > URI_MAX)
		return err_set(&r->fn.err, ERR_INVALID, "the address is longer than %d bytes", URI_MAX);
	size_t len = strcspn(uri, "?");
	if (parse_path(r, uri, len) < 0)
		return -1;
	return uri[len] == '?' ? parse_query(r, uri + len + 1) : 0;
}

static int
parse_length(struct request *r, const char *text)
{
	char *end;

	if (text == NULL || *text == '\0')
		return 0;
	r->content_length = strtoll(text, &end, 10);
	if (*end != '\0' || r->content_length < 0 || strspn(text, "0123456789") != strlen(text))
		return err_field(&r->fn.err, "Content-Length", "must be a number of bytes");
	return 0;
}

/* Scheme and host as the browser's Origin would say them. */
static int
parse_host(struct request *r, const char *host)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]";

	if (host == NULL || *host == '\0' || strlen(host) > HOST_MAX || host[strspn(host, allowed)] != '\0')
		return err_field(&r->fn.err, "Host", "must be a host name");
	r->fn.origin = arena_printf(r->fn.arena, "%s://%s", r->fn.tls ? "https" : "http", host);
	return 0;
}

/* A parameter of the request's environment; NULL where it is absent or empty. */
static const char *
param(const struct request *r, const char *name)
{
	const char *value = FCGX_GetParam(name, r->fcgi->envp);

	return value != NULL && *value != '\0' ? value : NULL;
}

static int
parse_headers(struct request *r)
{
	static const char *const names[] = { "HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_ORIGIN", "HTTP_SEC_FETCH_SITE",
		"CONTENT_TYPE" };
	const char **const to[] = { &r->cookies, &r->authorization, &r->origin_header, &r->fetch_site,
		&r->content_type };
	const char *upgrade = param(r, "HTTP_UPGRADE"), *https = param(r, "HTTPS");

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		*to[i] = param(r, names[i]);
		if (*to[i] != NULL && strlen(*to[i]) > HEADER_MAX)
			return err_field(&r->fn.err, names[i], "is too long");
	}
	r->handshake = upgrade != NULL && strcasecmp(upgrade, "websocket") == 0;
	r->fn.tls = https != NULL && strcasecmp(https, "off") != 0;
	return 0;
}

int
request_parse(struct request *r)
{
	r->method = param(r, "REQUEST_METHOD");
	r->fn.address = param(r, "REMOTE_ADDR");
	if (r->method == NULL)
		return err_set(&r->fn.err, ERR_INVALID, "REQUEST_METHOD is missing");
	if (r->fn.address == NULL)
		r->fn.address = "unix";
	if (parse_headers(r) < 0 || parse_host(r, param(r, "HTTP_HOST")) < 0)
		return -1;
	if (parse_length(r, param(r, "CONTENT_LENGTH")) < 0)
		return -1;
	return parse_uri(r, param(r, "REQUEST_URI"));
}
