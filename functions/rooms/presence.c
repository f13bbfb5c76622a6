/*
 * presence.c - POST /api/rooms/{room}/presence, and presence.h.
 */
#include "presence.h"

#include "clock.h"
#include "lua_rooms.h"

#include <string.h>

#define LEASE_MS "40000"
#define LEASES_EACH "16"	/* pages that one participant has open in one room */

static struct bytes
text(const char *s)
{
	return (struct bytes){ (const uint8_t *)s, strlen(s) };
}

/* Names and roles for the ids that the script told: those who are still members. */
static int
show(struct fn *fn, const redisReply *reply, struct presence *out)
{
	struct people_by_id_row *rows;
	struct buf ids = { 0 };

	for (size_t i = 1; i < reply->elements; i++) {
		buf_str(&ids, i > 1 ? "," : "");
		buf_str(&ids, reply->element[i]->str);
	}
	int n = people_by_id(fn->pg, &rows, fn->me.room, arena_strdup(fn->arena, buf_cstr(&ids)), ROOM_PEOPLE_MAX);
	buf_free(&ids);
	if (n < 0)
		return -1;
	out->participants_count = (size_t)n;
	out->participants = arena_array(fn->arena, (size_t)n, sizeof(*out->participants));
	for (int i = 0; i < n; i++)
		out->participants[i] = (struct participant){ .id = rows[i].id, .room = fn->me.room,
			.name = rows[i].name, .role = role_of(rows[i].role), .guest = rows[i].guest };
	return 0;
}

static void
tell(struct fn *fn, const struct presence *now)
{
	struct presence_event event = { .type = PRESENCE_EVENT_TYPE_PRESENCE, .participants = now->participants,
		.participants_count = now->participants_count };
	struct buf json = { 0 };

	presence_event_encode(&json, &event);
	fn_tell_room(fn, fn->me.room, &json);
	buf_free(&json);
}

static struct bytes
leases_key(struct fn *fn, const char *room)
{
	return text(arena_printf(fn->arena, "room:{%s}:leases", room));
}

static struct bytes
socket_key(struct fn *fn, const char *room, const char *connection)
{
	return text(arena_printf(fn->arena, "room:{%s}:socket:%s", room, connection));
}

/* `socket`: who leases by opening one, or "". */
static int
lease(struct fn *fn, const char *connection, const char *lasts, const char *socket, struct presence *out)
{
	struct presence unseen = { 0 };
	struct bytes argv[] = { leases_key(fn, fn->me.room), socket_key(fn, fn->me.room, connection),
		text(fn->me.participant), text(connection), text(lasts), text(LEASES_EACH), text(socket) };
	redisReply *reply = redis_eval(fn->redis, &lua_presence, 2, sizeof(argv) / sizeof(*argv), argv);

	if (reply == NULL)
		return -1;
	const char *verdict = reply->element[0]->str;
	if (strcmp(verdict, "taken") == 0)
		return err_set(&fn->err, ERR_CONFLICT, "this connection is somebody else's: make another id");
	if (out == NULL && strcmp(verdict, "same") == 0)
		return 0;
	if (out == NULL)
		out = &unseen;
	if (show(fn, reply, out) < 0)
		return -1;
	if (strcmp(verdict, "changed") == 0)
		tell(fn, out);
	return 0;
}

int
presence_here(struct fn *fn, const char *connection, struct presence *out)
{
	return lease(fn, connection, LEASE_MS, "", out);
}

int
presence_opened(struct fn *fn, const char *connection, const char *socket)
{
	return lease(fn, connection, LEASE_MS, socket, NULL);
}

int
presence_closed(struct fn *fn, const struct events_closed *closed)
{
	struct bytes argv[] = { leases_key(fn, closed->room), socket_key(fn, closed->room, closed->connection),
		text(arena_printf(fn->arena, "room:{%s}:leaving", closed->room)),
		text(arena_printf(fn->arena, "%s|%s", closed->connection, closed->participant)), text(closed->socket),
		text(arena_printf(fn->arena, "%d", PRESENCE_SOON_MS)) };
	redisReply *reply = redis_eval(fn->redis, &lua_left, 3, sizeof(argv) / sizeof(*argv), argv);

	return reply != NULL ? (int)reply->integer : -1;
}

int
presence_sweep(struct fn *fn, const char *room)
{
	fn->me = (struct member){ .room = room, .participant = "" };	/* nobody: nothing is leased or given up */
	if (lease(fn, "", "0", "", NULL) < 0)
		return -1;
	redisReply *soon = redis_cmd(fn->redis, "ZCOUNT room:{%s}:leases -inf %lld", room,
	    (long long)clock_wall_ms() + PRESENCE_SOON_MS);
	return soon == NULL ? -1 : soon->integer > 0;
}

int
presence_gone(struct fn *fn, const char *connection, struct presence *out)
{
	return lease(fn, connection != NULL ? connection : "", "0", "", out);
}

int
rooms_presence(struct fn *fn, const struct rooms_presence_params *params, const struct lease *in, struct presence *out)
{
	(void)params;
	if (in->state == LEASE_STATE_HERE)
		return presence_here(fn, in->connection, out);
	return presence_gone(fn, in->connection, out);
}
