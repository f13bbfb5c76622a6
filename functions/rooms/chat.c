/*
 * chat.c - GET /api/rooms/{room}/chat: what was said, oldest first.
 */
#include "room.h"

#define LAST 200	/* maxItems of ChatList */

int
rooms_chat(struct fn *fn, const struct rooms_chat_params *params, struct chat_list *out)
{
	struct chat_last_row *rows;
	int n = chat_last(fn->pg, &rows, params->room, LAST);

	if (n < 0)
		return -1;
	out->messages_count = (size_t)n;
	out->messages = arena_array(fn->arena, (size_t)n, sizeof(*out->messages));
	for (int i = 0; i < n; i++)
		out->messages[i] = (struct chat_message){ .id = rows[i].id, .participant = rows[i].participant,
			.name = rows[i].name, .text = rows[i].text, .at = rows[i].at };
	return 0;
}
