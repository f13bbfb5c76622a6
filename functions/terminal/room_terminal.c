/*
 * room_terminal.c - see room_terminal.h.
 */
#include "room_terminal.h"

#include "typed.h"

int
terminal_find(struct fn *fn, const char *room, bool open, struct terminal *out)
{
	struct terminal_last_row *row;
	int n = terminal_last(fn->pg, &row, room, open);

	if (n > 0)
		*out = (struct terminal){ .id = row->id, .room = row->room, .participant = row->participant,
			.name = row->name, .language = row->language, .status = terminal_status_of(row->status),
			.rows = row->lines, .columns = row->columns, .reason = row->reason,
			.created_at = row->created_at, .started_at = row->started_at, .ended_at = row->ended_at };
	return n;
}

void
terminal_tell(struct fn *fn, const struct terminal *t)
{
	struct terminal_event event = { .type = TERMINAL_EVENT_TYPE_TERMINAL, .terminal = *t };
	struct buf json = { 0 };

	terminal_event_encode(&json, &event);
	fn_tell_room(fn, t->room, &json);
	buf_free(&json);
}

int
terminal_type(struct fn *fn, const char *room, bool size, const char *data)
{
	struct terminal_id_row *row;
	int n = terminal_id(fn->pg, &row, room);

	if (n < 0)
		return -1;
	if (n == 0)
		return err_set(&fn->err, ERR_CONFLICT, "no terminal is open in this room");
	const char *key = arena_printf(fn->arena, "terminal:%s:input", row->id);
	if (typed_add(fn, key, size ? TYPED_SIZE : TYPED_TEXT, data) < 0)
		return -1;
	typed_ring(fn, "terminal", row->id);
	return 0;
}
