/*
 * request.h - one request as the runtime sees it, from its FastCGI parameters to its reply.
 *
 * struct fn is its first member: what fn.h offers to functions finds the rest of the request behind it.
 * Only files of lib/runtime include this.
 */
#ifndef RUNTIME_REQUEST_H
#define RUNTIME_REQUEST_H

#include "fn.h"
#include "members.h"
#include "redis_watch.h"
#include "route.h"

#include <fcgiapp.h>
#include <stdbool.h>

#define SEGMENTS_MAX 16
#define ARGUMENTS_MAX 16
#define REPLY_HEADERS_MAX 16

struct argument {
	const char *name, *value;	/* of the query; decoded */
};

struct after {
	void (*call)(struct fn *, void *);
	void *arg;
};

struct request {
	struct fn fn;
	FCGX_Request *fcgi;

	const char *method;
	const char *segments[SEGMENTS_MAX];	/* of the path, decoded */
	size_t segments_count;
	struct argument arguments[ARGUMENTS_MAX];
	size_t arguments_count;
	const char *cookies, *authorization, *origin_header, *fetch_site, *content_type;	/* NULL when absent */
	bool uri_too_long;			/* that, of all that can be too large, is it */
	bool handshake;				/* asks for an upgrade to WebSocket */
	bool shed;				/* refused since there are too many (overload.h) */
	long long content_length;
	struct claims claims;			/* what fn.who points at */
	struct member_memo *memo;		/* kept with the caller's token; NULL for none */
	struct redis_watch *ended_sessions;
	bool watches;				/* has use for it */

	const char *message;			/* a trigger's, where the gateway tells it as a parameter; else NULL */
	const struct route *route;		/* NULL until found */
	const char *allow;			/* methods of the path, where only the method was wrong */
	struct route_call call;

	/* The reply. */
	int status;
	const char *header_names[REPLY_HEADERS_MAX], *header_values[REPLY_HEADERS_MAX];
	size_t headers_count;
	struct buf body;			/* memory kept from request to request */
	const char *body_type;

	struct after after[8];
	size_t after_count;
	bool sent;				/* a message: the dispatcher is to be woken */
};

/* The request that a function's fn is a part of. */
static inline struct request *
request_of(const struct fn *fn)
{
	return (struct request *)(uintptr_t)fn;
}

/* Reads the FastCGI parameters; every bound is checked here. 0, or -1 with fn.err. */
int request_parse(struct request *r);

/* Finds route and parameters. -1 with ERR_NOT_FOUND, also where only the method is wrong (r->allow). */
int router_find(struct request *r, const struct function *f);
int router_params(struct request *r);

/* Whether this is no request but a message, a schedule or a socket's end; then finds its handler and fn.delivery. */
bool trigger_asked(const struct request *r);
int trigger_find(struct request *r, const struct function *f);

/* Wakes the dispatcher. Failing is no failure: it also looks by itself. */
void trigger_ring(struct request *r);

/* Reads the body and decodes it as the route says. */
int body_read(struct request *r);

/* Who calls: token, session, room, role; then whether x-who allows it. */
int who_check(struct request *r);

/* Refuses what another site makes a browser send. */
int origin_check(struct request *r);

/* x-limit of the route. */
int limits_check(struct request *r);

/* Turns fn.err into the reply: the only place where an error becomes a status. */
void problem_reply(struct request *r);

/* Sends r->status, headers and body. */
void reply_send(struct request *r);

/* What a process loads once: public keys, allowed origins. 0, or -1 with the error set. */
int who_init(struct err *e);

#endif
