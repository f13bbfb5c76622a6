/*
 * fn.h - the function runtime, as the author of a function sees it.
 *
 * A function is a directory functions/<name>/ with one file per operation. schemas/api.yaml names
 * the operations `<name>_<operation>`; from it come the structs, decoders, encoders and prototypes
 * (build/gen/api.h) and the route table (build/gen/routes_<name>.c). The author writes
 *
 *	int rooms_create(struct fn *fn, const struct room_new *in, struct room *out);
 *
 * Arguments, in this order and only where the operation has them: fn; `const struct
 * <operationId>_params *params` (path and query parameters, `room`, `after`, ...); the request body,
 * `const struct X *in` for JSON, `struct bytes in` for octets; the reply, `struct X *out` (zeroed)
 * for JSON, `struct buf *out` for octets. A body that is not required and absent is in == NULL.
 *
 * One process answers one request at a time. Whatever a function allocates comes from fn->arena
 * and dies with the request, so there is no free() here. A function returns 0 with its reply
 * filled in, or -1 with fn->err set. It never writes HTTP.
 */
#ifndef RUNTIME_FN_H
#define RUNTIME_FN_H

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "id.h"
#include "jwt.h"
#include "pg.h"
#include "realtime.h"
#include "redis.h"
#include "shape.h"

#include <stdbool.h>
#include <stdint.h>

/* x-who of api.yaml, from least to most; ANYONE to SOMEONE need no room. */
enum who { WHO_PUBLIC, WHO_SOMEONE, WHO_ACCOUNT, WHO_MEMBER, WHO_EDITOR, WHO_INTERVIEWER, WHO_OWNER };

/* Set by the check in front of a room operation, or by fn_enter(). */
struct member {
	const char *room;
	const char *participant;
	const char *name;
	const char *role;	/* "owner", "interviewer", "candidate", "observer" */
	bool guest;
	bool ended;		/* the room has ended: WHO_EDITOR and above are refused already */
};

/*
 * Set where `me` is what this process remembers. It is true as long as Redis has `entry` and `ended` in the fields
 * `subject` and "ended" of `members`, and no key `gone`.
 */
struct assumption {
	const char *gone, *members;	/* keys */
	const char *subject, *entry, *ended;
};

/* What the handler of a webhook was handed; id is NULL in every other function. */
struct delivery {
	const char *id;		/* the message's, the same at every attempt */
	int attempt;		/* 1, 2, ... */
};

struct fn {
	struct arena *arena;
	struct err err;

	const struct claims *who;	/* of a checked token; NULL when nobody is signed in */
	const char *account;		/* account id, or NULL: nobody, or a guest */
	struct member me;		/* room == NULL until a room was entered */
	const struct assumption *assumed;	/* NULL: `me` was asked for; only with x-confirms is it not */

	struct pg *pg;			/* connected with this function's own database role */
	struct redis *redis;
	struct realtime *realtime;	/* documents and events */
	struct realtime *signals;	/* signalling */

	struct delivery delivery;

	const char *request_id;
	const char *trace;		/* trace.h; a row that others work on later keeps it for their log */
	const char *address;		/* the caller's, for limits and the log */
	const char *origin;		/* "https://viva.example": scheme and host this request came to */
	bool tls;
};

/*
 * Enters a room that the parameters do not name (a run's): who the caller is there goes to fn->me.
 * -1 with ERR_NOT_FOUND when the caller is no member (a stranger does not learn that the room exists),
 * ERR_DENIED when the role is below `least`, ERR_GONE when it would write to an ended room.
 */
int fn_enter(struct fn *fn, const char *room, enum who least);

/*
 * Asks for what `assumed` says; nothing where it is NULL. An operation with `x-confirms: true` in api.yaml spares an
 * exchange: it is called with a caller from memory, its script compares in the very step that stores, and the
 * operation then sets `assumed` to NULL, or calls this where the comparison failed: 0 with `me` as it is now, or
 * -1 with the error. An operation that ends with `assumed` still set must have changed nothing: the caller is
 * asked for then, and what had failed is called again.
 */
int fn_confirm(struct fn *fn);

/* To be called after membership, role or the room's end changed: forgets what Redis caches of it. */
void fn_members_changed(struct fn *fn, const char *room);

/*
 * `who` may call `what` `count` times at once, and as often again in each `seconds`: 0, or -1 with ERR_LIMIT and
 * the time to wait. Counted in Redis; when Redis is away the call is allowed and logged.
 */
int fn_limit(struct fn *fn, const char *what, const char *who, int count, int seconds);

/*
 * What follows takes tens of milliseconds: where the function runs in real time (live of pool.conf), this request
 * goes on as an ordinary program, so that short ones of others come first. The worker leaves after it: not for what
 * happens often.
 */
void fn_takes_long(struct fn *fn);

/* The caller's address as limits count it: an IPv6 address stands for its /64, since a caller has a whole one. */
const char *fn_network(struct fn *fn);

/* A request's cookie by name, or NULL. */
const char *fn_cookie(const struct fn *fn, const char *name);

/*
 * Sets a cookie: HttpOnly, SameSite=Lax, Path=/ and, on TLS, Secure with `__Host-` before the name;
 * fn_cookie() finds it under the same bare name. value NULL removes it.
 */
void fn_set_cookie(struct fn *fn, const char *name, const char *value, int seconds);

/* A reply header. The value must not hold line ends; it is refused (abort) where it does. */
void fn_set_header(struct fn *fn, const char *name, const char *value);

/* A status other than the operation's own, which api.yaml lists beside it; the reply goes out as it is. */
void fn_set_status(struct fn *fn, int status);

/* Answers a WebSocket handshake: the gateway connects it to these channels ("a,b") of what x-websocket names. */
void fn_subscribe(struct fn *fn, const char *channels);

/*
 * Of a handshake with `x-closed`: when the socket that it opens is over, that operation is called
 * with this message; not called by hand: api.h has <operation>_when_closed(fn, &message). The gateway keeps the message
 * meanwhile, and nothing that a client sends changes it. At most once: a gateway that is killed tells of no socket, and
 * one that has thousands to tell of at once leaves some out.
 */
void fn_when_closed(struct fn *fn, const struct shape *shape, const void *message);

/* Publishes a room event: `json` is an encoded RoomEvent. Failing is logged, not an error. */
void fn_tell_room(struct fn *fn, const char *room, const struct buf *json);

/*
 * Sends a message to a queue of api.yaml (webhooks); not called by hand: api.h has queue_<name>_send(fn, &message).
 * In a transaction it is sent when that is committed, and never where it is not. What was sent is handled at
 * least once, whatever is killed meanwhile: a handler must not mind to do its work twice, or twice at the same time.
 * 0, or -1 (the message is not sent then).
 */
int fn_send(struct fn *fn, const char *queue, bool once, const struct shape *shape, const void *message);

/* Runs fn(arg) after the reply has been sent, before the next request is taken. */
void fn_after(struct fn *fn, void (*call)(struct fn *, void *), void *arg);

#endif
