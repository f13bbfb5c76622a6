/*
 * connect.c - the handshakes /ws/rooms/{room}/...: who may hear which channels of a room.
 *
 * Identity is fixed here once: the socket carries messages down only, and every message up is a request
 * that is checked again.
 */
#include "presence.h"
#include "room.h"

int
rooms_connect_document(struct fn *fn, const struct rooms_connect_document_params *params)
{
	if (params->document == DOCUMENT_NOTES && !room_interviewer(fn))
		return err_set(&fn->err, ERR_DENIED, "notes are for interviewers");
	fn_subscribe(fn, arena_printf(fn->arena, "doc.%s.%s", params->room, document_names[params->document]));
	return 0;
}

int
rooms_connect_events(struct fn *fn, const struct rooms_connect_events_params *params)
{
	fn_subscribe(fn, arena_printf(fn->arena, "room.%s", params->room));
	return 0;
}

int
rooms_connect_terminal(struct fn *fn, const struct rooms_connect_terminal_params *params)
{
	fn_subscribe(fn, arena_printf(fn->arena, "terminal.%s", params->room));
	return 0;
}

/* What is sent to a connection is heard by whoever leases it: so it is leased first. */
int
rooms_connect_signal(struct fn *fn, const struct rooms_connect_signal_params *params)
{
	if (params->connection == NULL) {
		fn_subscribe(fn, arena_printf(fn->arena, "signal.%s", params->room));
		return 0;
	}
	if (presence_here(fn, params->connection, NULL) < 0)
		return -1;
	fn_subscribe(fn, arena_printf(fn->arena, "signal.%s,inbox.%s", params->room, params->connection));
	return 0;
}
