/*
 * left.c - a WebSocket of the room's events has closed, and perhaps somebody has left; then a message, a moment later.
 *
 * Nothing is told at once: a page whose connection broke opens another within the second, and nobody should see it
 * go and come.
 */
#include "presence.h"

int
rooms_left(struct fn *fn, const struct events_closed *in)
{
	int sweep = presence_closed(fn, in);

	if (sweep <= 0)
		return sweep;
	return queue_presence_send(fn, &(struct about_room){ .room = in->room });
}

int
rooms_sweep(struct fn *fn, const struct about_room *in)
{
	int more = presence_sweep(fn, in->room);

	return more <= 0 ? more : queue_presence_send(fn, in);
}
