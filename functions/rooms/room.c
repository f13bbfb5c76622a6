/*
 * room.c - see room.h.
 */
#include "room.h"

#include <string.h>

static int
show_people(struct fn *fn, struct room *out)
{
	struct room_people_row *rows;
	int n = room_people(fn->pg, &rows, fn->me.room, ROOM_PEOPLE_MAX);

	if (n < 0)
		return -1;
	out->participants = arena_array(fn->arena, (size_t)n, sizeof(*out->participants));
	out->participants_count = (size_t)n;
	for (int i = 0; i < n; i++)
		out->participants[i] = (struct participant){ .id = rows[i].id, .room = fn->me.room,
			.name = rows[i].name, .role = role_of(rows[i].role), .guest = rows[i].guest };
	return 0;
}

int
room_show(struct fn *fn, struct room *out)
{
	struct room_get_row *row;
	int n = room_get(fn->pg, &row, fn->me.room);

	if (n < 0)
		return -1;
	if (n == 0)
		return err_set(&fn->err, ERR_NOT_FOUND, "there is no such room");
	out->id = fn->me.room;
	out->me = fn->me.participant;
	out->title = row->title;
	out->language = row->language;
	out->restricted = row->restricted;
	out->role = role_of(fn->me.role);
	out->created_at = row->created_at;
	out->ended_at = row->ended_at;
	return show_people(fn, out);
}

int
room_language(struct fn *fn, const char *wanted, const char **name)
{
	struct language_known_row *row;

	if (wanted == NULL) {
		struct language_default_row *first;
		int n = language_default(fn->pg, &first);
		*name = n > 0 ? first->name : "python";
		return n < 0 ? -1 : 0;
	}
	int n = language_known(fn->pg, &row, wanted);
	if (n == 0)
		return err_field(&fn->err, "/language", "%s cannot be run here: GET /api/languages lists what can",
		    wanted);
	*name = wanted;
	return n < 0 ? -1 : 0;
}

bool
room_interviewer(const struct fn *fn)
{
	return strcmp(fn->me.role, "owner") == 0 || strcmp(fn->me.role, "interviewer") == 0;
}

void
room_tell(struct fn *fn, const struct room *room)
{
	struct room_changed_event event = { .type = ROOM_CHANGED_EVENT_TYPE_ROOM, .title = room->title,
		.language = room->language, .restricted = room->restricted, .ended_at = room->ended_at };
	struct buf json = { 0 };

	room_changed_event_encode(&json, &event);
	fn_tell_room(fn, room->id, &json);
	buf_free(&json);
}
