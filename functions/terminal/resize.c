/*
 * resize.c - POST /api/rooms/{room}/terminal/resize: give the room's terminal another size.
 *
 * The last size that was set holds for everybody: a terminal has one, and whoever works in it should see all of it. It
 * takes its place among what is typed, so that everybody's screen changes at the same point of the output.
 */
#include "room_terminal.h"

int
terminal_resize(struct fn *fn, const struct terminal_resize_params *params, const struct terminal_size *in)
{
	return terminal_type(fn, params->room, true,
	    arena_printf(fn->arena, "%dx%d", (int)in->rows, (int)in->columns));
}
