/*
 * say.c - POST /api/rooms/{room}/chat: say something. Stored, then shown.
 */
#include "room.h"

static void
tell(struct fn *fn, const struct chat_message *message)
{
	struct chat_event event = { .type = CHAT_EVENT_TYPE_CHAT, .message = *message };
	struct buf json = { 0 };

	chat_event_encode(&json, &event);
	fn_tell_room(fn, fn->me.room, &json);
	buf_free(&json);
}

int
rooms_say(struct fn *fn, const struct rooms_say_params *params, const struct chat_new *in, struct chat_message *out)
{
	char *id = arena_alloc(fn->arena, ID_LEN + 1);
	struct chat_insert_row *row;

	if (fn->me.ended)
		return err_set(&fn->err, ERR_GONE, "this room has ended: it can be read but not changed");
	id_new(id);
	if (chat_insert(fn->pg, &row, params->room, fn->me.participant, id, fn->me.name, in->text) < 0)
		return -1;
	*out = (struct chat_message){ .id = id, .participant = fn->me.participant, .name = fn->me.name,
		.text = in->text, .at = row->at };
	tell(fn, out);
	return 0;
}
