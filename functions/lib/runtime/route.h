/*
 * route.h - the table that schemas/gen/c.mjs makes of a function's operations (build/gen/routes_<function>.c).
 */
#ifndef RUNTIME_ROUTE_H
#define RUNTIME_ROUTE_H

#include "fn.h"
#include "shape.h"

/* What a call is made with; the generated thunk picks what its operation takes. */
struct route_call {
	const void *params;
	const void *in;
	struct bytes octets;
	void *out;
	struct buf *out_octets;
};

enum route_body { ROUTE_NOTHING, ROUTE_JSON, ROUTE_OCTETS, ROUTE_TEXT };

struct route {
	const char *method;
	const char *path;	/* "/api/rooms/{room}" */
	const char *id;		/* operationId */
	enum who who;
	int status;
	int (*call)(struct fn *fn, const struct route_call *call);

	int limit_count, limit_seconds;	/* x-limit; 0: none */
	bool websocket;
	bool confirms;		/* x-confirms: fn_confirm() */

	const struct shape *params;	/* NULL: none */
	size_t room_at;			/* offset in params of {room}, which a member's operation has */
	bool slashes;			/* the last parameter of the path takes all the rest of it */

	enum route_body body;
	bool body_required;
	size_t body_max;
	const struct shape *in;		/* JSON only */

	enum route_body reply;
	const struct shape *out;
};

/* One function: each program has exactly one of these. */
struct function {
	const char *name;
	const struct route *routes;
	size_t routes_count;
	const struct route *triggers;	/* x-trigger: no request of the gateway finds them */
	size_t triggers_count;
	struct {
		const struct pg_statement *statements;
		const size_t *count;
	} queries[4];		/* its own queries.sql and those of libraries that it uses; NULL ends them */
};
extern const struct function function_table;

#endif
