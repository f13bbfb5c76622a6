/*
 * body.c - reads a request's body, bounded by its route, and decodes it.
 */
#include "request.h"

#include <string.h>
#include <strings.h>

/* Reads exactly what Content-Length promised. The gateway has the whole body before it asks us. */
static int
read_octets(struct request *r, struct bytes *out)
{
	size_t len = (size_t)r->content_length, got = 0;
	char *data = arena_alloc(r->fn.arena, len + 1);

	while (got < len) {
		int n = FCGX_GetStr(data + got, (int)(len - got), r->fcgi->in);
		if (n <= 0)
			return err_set(&r->fn.err, ERR_INVALID, "the body ended after %zu of %zu bytes", got, len);
		got += (size_t)n;
	}
	*out = (struct bytes){ (const uint8_t *)data, len };
	return 0;
}

/*
 * A body of another type is refused, so that no form of another site can be taken for ours. Nothing of ours takes
 * multipart/form-data: what is not JSON are octets, whole.
 */
static int
check_type(struct request *r, const char *wanted)
{
	size_t len = strlen(wanted);
	const char *type = r->content_type;

	if (type == NULL)
		return 0;
	if (strncasecmp(type, wanted, len) == 0 && (type[len] == '\0' || type[len] == ';' || type[len] == ' '))
		return 0;
	return err_set(&r->fn.err, ERR_TYPE, "Content-Type must be %s", wanted);
}

static int
decode(struct request *r, struct bytes body)
{
	void *in;

	if (r->route->body == ROUTE_OCTETS) {
		r->call.octets = body;
		return 0;
	}
	if (shape_decode(r->fn.arena, &r->fn.err, body, r->route->in, &in) < 0)
		return -1;
	r->call.in = in;
	return 0;
}

int
body_read(struct request *r)
{
	const struct route *route = r->route;
	struct bytes body = { 0 };

	if (route->body == ROUTE_NOTHING)
		return 0;
	if (r->message != NULL)
		return decode(r, (struct bytes){ (const uint8_t *)r->message, strlen(r->message) });
	if ((unsigned long long)r->content_length > route->body_max)
		return err_set(&r->fn.err, ERR_TOO_LARGE, "the body may have %zu bytes", route->body_max);
	if (r->content_length == 0) {
		r->call.octets = (struct bytes){ (const uint8_t *)"", 0 };
		return route->body_required ? err_field(&r->fn.err, "", "a body is needed") : 0;
	}
	if (check_type(r, route->body == ROUTE_JSON ? "application/json" : "application/octet-stream") < 0)
		return -1;
	return read_octets(r, &body) < 0 ? -1 : decode(r, body);
}
