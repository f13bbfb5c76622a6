/*
 * presence.h - who is here: leases of connections, 40 seconds each, in Redis.
 *
 * A browser has a connection id of its own making for each page. A lease binds it to one participant; while it
 * lasts nobody else can take the id. Whoever calls also removes leases that have run out, and everybody
 * is told when the set of participants changed by it.
 *
 * A page that says its connection as it opens the socket of the room's events is here from then on, and is gone soon
 * after that socket has closed, unless it has opened another: PRESENCE_SOON_MS is for a page that connects again. No
 * close is needed for anything: without one the lease runs out.
 */
#ifndef ROOMS_PRESENCE_H
#define ROOMS_PRESENCE_H

#include "room.h"

#define PRESENCE_SOON_MS 2500	/* before the queue `presence` hands out what was sent to it */

/* Renews the caller's lease; ERR_CONFLICT where the connection is somebody else's. `out` may be NULL. */
int presence_here(struct fn *fn, const char *connection, struct presence *out);

/* The same, by a socket that opens: `socket` names it, and every other one of this connection counts no more. */
int presence_opened(struct fn *fn, const char *connection, const char *socket);

/* That socket has closed: its lease ends soon, if it is not another socket's by now. 1: ask for a sweep; 0; -1. */
int presence_closed(struct fn *fn, const struct events_closed *closed);

/* Removes what has run out in a room, whoever asks: 1 where somebody else's lease ends soon, 0, -1. */
int presence_sweep(struct fn *fn, const char *room);

/* Gives it up; connection == NULL gives up all of the caller's. `out` may be NULL. */
int presence_gone(struct fn *fn, const char *connection, struct presence *out);

#endif
