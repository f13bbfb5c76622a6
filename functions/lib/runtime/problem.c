/*
 * problem.c - the only place where an error becomes an HTTP status (RFC 9457).
 *
 * Of a failure of ours (5xx) the caller sees a title and the request's id; what happened goes to the log
 * under the same id.
 */
#include "request.h"

#include "api_types.h"
#include "log.h"

#include <stdio.h>

static const struct {
	int status;
	const char *type, *title;
} problems[] = {
	[ERR_NONE] = { 500, "internal", "Our mistake" },
	[ERR_INVALID] = { 422, "invalid", "The request is not valid" },
	[ERR_UNAUTHENTICATED] = { 401, "unauthenticated", "Sign in first" },
	[ERR_DENIED] = { 403, "denied", "You may not do this" },
	[ERR_NOT_FOUND] = { 404, "not-found", "There is no such thing" },
	[ERR_CONFLICT] = { 409, "conflict", "This does not fit what is there" },
	[ERR_GONE] = { 410, "gone", "This is over" },
	[ERR_TOO_LARGE] = { 413, "too-large", "The request is too large" },
	[ERR_TYPE] = { 415, "media-type", "This is taken in another form" },
	[ERR_LIMIT] = { 429, "limit", "Too much at once" },
	[ERR_BUSY] = { 503, "busy", "Try again in a moment" },
	[ERR_INTERNAL] = { 500, "internal", "Our mistake" },
};

/* A path that exists, asked with a method that it does not take. */
static bool
is_method_wrong(const struct request *r)
{
	return r->route == NULL && r->allow != NULL;
}

static void
add_headers(struct request *r, int status, const struct err *e)
{
	if (is_method_wrong(r))
		fn_set_header(&r->fn, "Allow", r->allow);
	if (status == 401)
		fn_set_header(&r->fn, "WWW-Authenticate", "Bearer");
	if (status == 429 || status == 503)
		fn_set_header(&r->fn, "Retry-After",
		    arena_printf(r->fn.arena, "%d", e->retry_after > 0 ? e->retry_after : 1));
}

void
problem_reply(struct request *r)
{
	const struct err *e = &r->fn.err;
	struct field_error field = { .pointer = e->field, .detail = e->detail };
	struct problem p = {
		.type = problems[e->kind].type,
		.title = problems[e->kind].title,
		.status = problems[e->kind].status,
		.detail = e->detail[0] != '\0' ? e->detail : NULL,
		.request = r->fn.request_id,
	};

	if (is_method_wrong(r)) {
		p.type = "method";
		p.title = "This path does not take this method";
		p.status = 405;
		p.detail = NULL;
	} else if (r->uri_too_long) {
		p.type = "too-long";
		p.title = "The address is too long";
		p.status = 414;
	} else if (p.status >= 500) {
		if (!r->shed)
			log_error("%s", p.detail != NULL ? p.detail : "a function failed without saying why");
		if (r->fn.delivery.id == NULL)	/* the dispatcher is told: it keeps the reason beside the message */
			p.detail = NULL;
	} else if (e->kind == ERR_INVALID) {
		p.errors = &field;
		p.errors_count = 1;
	}
	add_headers(r, (int)p.status, e);
	r->status = (int)p.status;
	r->body_type = "application/problem+json";
	buf_clear(&r->body);
	problem_encode(&r->body, &p);
}
