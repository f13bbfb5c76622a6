/*
 * close.c - DELETE /api/rooms/{room}/terminal: close the room's terminal.
 *
 * One that still waits for a runner ends here; one that a runner has is only wished to end. Without one there is
 * nothing to do, and that is no error.
 */
#include "room_terminal.h"
#include "typed.h"

int
terminal_close(struct fn *fn, const struct terminal_close_params *params)
{
	struct terminal_close_wish_row *row;
	struct terminal now;
	int n = terminal_close_wish(fn->pg, &row, params->room);

	if (n <= 0)
		return n;
	n = terminal_close_waiting(fn->pg, row->id, fn->me.participant);
	if (n < 0)
		return -1;
	if (n == 0)
		typed_ring(fn, "terminal", row->id);
	else if (terminal_find(fn, params->room, false, &now) > 0)
		terminal_tell(fn, &now);
	return 0;
}
