/*
 * create.c - POST /api/rooms: open a room.
 */
#include "room.h"

int
rooms_create(struct fn *fn, const struct room_new *in, struct room *out)
{
	char *room = arena_alloc(fn->arena, ID_LEN + 1), *me = arena_alloc(fn->arena, ID_LEN + 1);
	struct participant *owner = arena_array(fn->arena, 1, sizeof(*owner));
	struct room_insert_row *row;
	const char *language;

	if (room_language(fn, in->language, &language) < 0)
		return -1;
	id_new(room);
	id_new(me);
	switch (room_insert(fn->pg, &row, room, in->title, language, me, fn->account, in->restricted)) {
	case -1:
		return -1;
	case 0:
		return err_set(&fn->err, ERR_UNAUTHENTICATED, "this account is no more");
	}
	*owner = (struct participant){ .id = me, .room = room, .name = row->name, .role = ROLE_OWNER };
	*out = (struct room){ .id = room, .title = in->title, .language = language,
		.restricted = in->restricted, .role = ROLE_OWNER, .me = me,
		.created_at = row->created_at, .participants = owner, .participants_count = 1 };
	return 0;
}
