/*
 * connect.c - the handshakes /ws/rooms/{room}/...: who may hear which channels of a room.
 *
 * Identity is fixed here once: the socket carries messages down only, and every message up is a request
 * that is checked again.
 */
#include "log.h"
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

/* Here, until the socket closes. Where presence cannot be kept now, the room can be heard nevertheless. */
static int
be_here(struct fn *fn, const char *connection)
{
	struct events_closed closed = { .room = fn->me.room, .participant = fn->me.participant,
		.connection = connection, .socket = fn->request_id };

	if (presence_opened(fn, connection, closed.socket) == 0) {
		rooms_left_when_closed(fn, &closed);
		return 0;
	}
	if (fn->err.kind != ERR_BUSY)
		return -1;
	log_warn("somebody who listens is perhaps not shown: %s", fn->err.detail);
	err_clear(&fn->err);
	return 0;
}

int
rooms_connect_events(struct fn *fn, const struct rooms_connect_events_params *params)
{
	if (params->connection != NULL && !fn->me.ended && be_here(fn, params->connection) < 0)
		return -1;
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
