/*
 * presence.h - who is here: leases of connections, 40 seconds each, in Redis.
 *
 * A browser has a connection id of its own making for each page. A lease binds it to one participant; while it
 * lasts nobody else can take the id. Whoever calls also removes leases that have run out, and everybody
 * is told when the set of participants changed by it.
 */
#ifndef ROOMS_PRESENCE_H
#define ROOMS_PRESENCE_H

#include "room.h"

/* Renews the caller's lease; ERR_CONFLICT where the connection is somebody else's. `out` may be NULL. */
int presence_here(struct fn *fn, const char *connection, struct presence *out);

/* Gives it up; connection == NULL gives up all of the caller's. `out` may be NULL. */
int presence_gone(struct fn *fn, const char *connection, struct presence *out);

#endif
