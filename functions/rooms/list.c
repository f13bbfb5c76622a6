/*
 * list.c - GET /api/rooms: the caller's rooms, newest first, a page at a time.
 */
#include "room.h"

#include <string.h>

#define PAGE 50		/* maxItems of RoomList */
#define PEOPLE_MAX 8	/* of RoomSummary, and the limit in room_list */

/* Names come parted by U+001F, which no name holds. */
static void
show_people(struct fn *fn, const char *people, struct room_summary *out)
{
	char *rest = arena_strdup(fn->arena, people), *name;

	out->people = arena_array(fn->arena, PEOPLE_MAX, sizeof(*out->people));
	while (out->people_count < PEOPLE_MAX && (name = strsep(&rest, "\x1f")) != NULL)
		out->people[out->people_count++] = name;
}

static void
show(struct fn *fn, const struct room_list_row *row, struct room_summary *out)
{
	*out = (struct room_summary){ .id = row->id, .title = row->title, .language = row->language,
		.role = role_of(row->role), .created_at = row->created_at, .ended_at = row->ended_at,
		.runs = row->runs };
	show_people(fn, row->people, out);
}

int
rooms_list(struct fn *fn, const struct rooms_list_params *params, struct room_list *out)
{
	struct room_list_row *rows;
	int n = room_list(fn->pg, &rows, fn->account, params->before, PAGE + 1);

	if (n < 0)
		return -1;
	out->rooms_count = n > PAGE ? PAGE : (size_t)n;
	out->rooms = arena_array(fn->arena, out->rooms_count, sizeof(*out->rooms));
	for (size_t i = 0; i < out->rooms_count; i++)
		show(fn, &rows[i], &out->rooms[i]);
	if (n > PAGE)
		out->next_before = rows[PAGE - 1].id;
	return 0;
}
