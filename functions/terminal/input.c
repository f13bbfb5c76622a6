/*
 * input.c - POST /api/rooms/{room}/terminal/input: type into the room's terminal.
 */
#include "room_terminal.h"

int
terminal_input(struct fn *fn, const struct terminal_input_params *params, const struct terminal_input *in)
{
	return terminal_type(fn, params->room, false, in->data);
}
