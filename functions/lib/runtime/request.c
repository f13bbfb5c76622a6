/*
 * request.c - from FastCGI parameters to struct request.
 *
 * nginx has bounded the head of the request already; the bounds here hold without it. The path is split before
 * it is decoded, so an encoded slash stays inside its segment.
 */
#include "request.h"

#include "digits.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define URI_MAX 4096
#define HEADER_MAX 16384
#define HOST_MAX 255

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
	if (uri == NULL)
		return err_set(&r->fn.err, ERR_INVALID, "REQUEST_URI is missing");
	if (strlen(uri) > URI_MAX) {
		r->uri_too_long = true;
		return err_set(&r->fn.err, ERR_TOO_LARGE, "the address is longer than %d bytes", URI_MAX);
	}
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

static bool
is_host_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= ':') || (c >= 'A' && c <= '[') || c == '-' || c == '.'
	    || c == ']' || c == '_';
}

/* strspn(3) would make a table of what is allowed for each request. */
static bool
is_host(const char *host)
{
	const char *c = host;

	while (is_host_letter(*c))
		c++;
	return c > host && *c == '\0' && c - host <= HOST_MAX;
}

/* Scheme and host as the browser's Origin would say them. */
static int
parse_host(struct request *r, const char *host)
{
	if (host == NULL || !is_host(host))
		return err_field(&r->fn.err, "Host", "must be a host name");
	const char *scheme = r->fn.tls ? "https://" : "http://";
	size_t n = strlen(scheme), len = strlen(host);
	char *origin = arena_alloc(r->fn.arena, n + len + 1);
	memcpy(origin, scheme, n);
	memcpy(origin + n, host, len + 1);
	r->fn.origin = origin;
	return 0;
}

/* What we want to know of a request, and where it goes; what is empty counts as absent. */
enum param {
	METHOD, URI, LENGTH, TYPE, ADDRESS, TLS, HOST, COOKIE, AUTHORIZATION, ORIGIN, FETCH_SITE, UPGRADE,
	PARAMS
};

static const struct {
	const char *name;
	size_t len;
} param_names[PARAMS] = {
#define NAMED(text) { text, sizeof(text) - 1 }
	[METHOD] = NAMED("REQUEST_METHOD"),
	[URI] = NAMED("REQUEST_URI"),
	[LENGTH] = NAMED("CONTENT_LENGTH"),
	[TYPE] = NAMED("CONTENT_TYPE"),
	[ADDRESS] = NAMED("REMOTE_ADDR"),
	[TLS] = NAMED("HTTPS"),
	[HOST] = NAMED("HTTP_HOST"),
	[COOKIE] = NAMED("HTTP_COOKIE"),
	[AUTHORIZATION] = NAMED("HTTP_AUTHORIZATION"),
	[ORIGIN] = NAMED("HTTP_ORIGIN"),
	[FETCH_SITE] = NAMED("HTTP_SEC_FETCH_SITE"),
	[UPGRADE] = NAMED("HTTP_UPGRADE"),
};

/* One walk over all that the gateway sent, instead of one for each name. The first of two with one name counts. */
static void
collect(const struct request *r, const char *values[PARAMS])
{
	for (char **at = r->fcgi->envp; *at != NULL; at++) {
		size_t len = strcspn(*at, "=");
		for (size_t i = 0; i < PARAMS && (*at)[len] == '='; i++)
			if (param_names[i].len == len && values[i] == NULL
			    && memcmp(*at, param_names[i].name, len) == 0)
				values[i] = *at + len + 1;
	}
	for (size_t i = 0; i < PARAMS; i++)
		if (values[i] != NULL && *values[i] == '\0')
			values[i] = NULL;
}

static int
parse_headers(struct request *r, const char *values[PARAMS])
{
	static const enum param from[] = { COOKIE, AUTHORIZATION, ORIGIN, FETCH_SITE, TYPE };
	const char **const to[] = { &r->cookies, &r->authorization, &r->origin_header, &r->fetch_site,
		&r->content_type };

	for (size_t i = 0; i < sizeof(from) / sizeof(*from); i++) {
		*to[i] = values[from[i]];
		if (*to[i] != NULL && strlen(*to[i]) > HEADER_MAX)
			return err_field(&r->fn.err, param_names[from[i]].name, "is too long");
	}
	r->handshake = values[UPGRADE] != NULL && strcasecmp(values[UPGRADE], "websocket") == 0;
	r->fn.tls = values[TLS] != NULL && strcasecmp(values[TLS], "off") != 0;
	return 0;
}

int
request_parse(struct request *r)
{
	const char *values[PARAMS] = { NULL };

	collect(r, values);
	r->method = values[METHOD];
	r->fn.address = values[ADDRESS];
	if (r->method == NULL)
		return err_set(&r->fn.err, ERR_INVALID, "REQUEST_METHOD is missing");
	if (r->fn.address == NULL)
		r->fn.address = "unix";
	if (parse_headers(r, values) < 0 || parse_host(r, values[HOST]) < 0)
		return -1;
	if (parse_length(r, values[LENGTH]) < 0)
		return -1;
	return parse_uri(r, values[URI]);
}
