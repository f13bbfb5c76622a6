/*
 * members.h - who somebody is in a room: from Redis, or else from PostgreSQL.
 */
#ifndef RUNTIME_MEMBERS_H
#define RUNTIME_MEMBERS_H

#include "fn.h"

#define MEMBER_ENTRY_MAX 400	/* two ids, a role, a name of 80 characters */

/* What somebody was when last asked for: kept beside the token, for members_recall() and members_look_up(). */
struct member_memo {
	uint64_t alive;		/* by redis_watch_now(), when the session had not been ended; 0: never */
	int64_t asked;		/* likewise, ms */
	char room[ID_LEN + 1];	/* "": nothing */
	bool ended;
	char entry[MEMBER_ENTRY_MAX];
};

/*
 * Fills fn->me for `subject` in `room`. In the same round trip asks whether `session` has been ended.
 * ERR_UNAUTHENTICATED when it has, ERR_NOT_FOUND when the subject is no member. room may be NULL: the session only,
 * and nobody is asked where Redis would have told us.
 */
int members_look_up(struct fn *fn, const char *session, const char *room, const char *subject);

/* Fills fn->me from memory and fn->assumed with what must be so; false where nothing is remembered. Nobody is asked. */
bool members_recall(struct fn *fn, const char *session, const char *room, const char *subject);

/* What is remembered is not so. */
void members_forget(struct fn *fn);

#endif
