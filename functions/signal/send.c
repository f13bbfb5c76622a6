/*
 * send.c - POST /api/rooms/{room}/signal: pass a WebRTC message on.
 *
 * Nothing is stored. Both ends must hold a lease in this room (functions/rooms/presence.c), which binds a connection to
 * one participant: nobody speaks in another's name or into another room.
 */
#include "api.h"
#include "lua_signal.h"

#include <string.h>

static int
check_ends(struct fn *fn, const char *room, const struct signal_new *in)
{
	struct bytes argv[] = { bytes_of(arena_printf(fn->arena, "room:{%s}:leases", room)),
		bytes_of(arena_printf(fn->arena, "%s|%s", in->from, fn->me.participant)),
		bytes_of(in->to != NULL ? in->to : "") };
	redisReply *reply = redis_eval(fn->redis, &lua_ends, 1, sizeof(argv) / sizeof(*argv), argv);

	if (reply == NULL)
		return -1;
	if (strcmp(reply->str, "from") == 0)
		return err_set(&fn->err, ERR_CONFLICT, "`from` is no connection of yours here: say first that it is");
	if (strcmp(reply->str, "to") == 0)
		return err_set(&fn->err, ERR_NOT_FOUND, "the connection that this is for is not here, or no longer");
	return 0;
}

int
signal_send(struct fn *fn, const struct signal_send_params *params, const struct signal_new *in)
{
	struct signal message = { .to = in->to, .from = in->from, .participant = fn->me.participant,
		.kind = signal_kind_of(signal_new_kind_names[in->kind]), .data = in->data };
	const char *channel = in->to != NULL ? arena_printf(fn->arena, "inbox.%s", in->to) :
	    arena_printf(fn->arena, "signal.%s", params->room);
	struct buf json = { 0 };

	if (check_ends(fn, params->room, in) < 0)
		return -1;
	signal_encode(&json, &message);
	int sent = realtime_publish_text(fn->signals, &fn->err, channel, json.data, json.len);
	buf_free(&json);
	/* Nobody would send it again: 204 means that the realtime instance has it. */
	return sent < 0 ? -1 : realtime_flush(fn->signals, &fn->err);
}
