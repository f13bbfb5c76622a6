/*
 * members.h - who somebody is in a room: from Redis, or else from PostgreSQL.
 */
#ifndef RUNTIME_MEMBERS_H
#define RUNTIME_MEMBERS_H

#include "fn.h"

/*
 * Fills fn->me for `subject` in `room`. In the same round trip asks whether `session` has been ended.
 * ERR_UNAUTHENTICATED when it has, ERR_NOT_FOUND when the subject is no member. room may be NULL: the session only.
 */
int members_look_up(struct fn *fn, const char *session, const char *room, const char *subject);

#endif
