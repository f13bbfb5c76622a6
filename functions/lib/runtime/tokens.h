/*
 * tokens.h - checked access tokens, remembered: an ES256 signature costs a few hundred times what a look-up does.
 *
 * A process remembers some recently checked tokens, whole, and forgets one when it expires or its place is needed.
 * Only what jwt_verify() accepted gets in, and only the same bytes find it again.
 */
#ifndef RUNTIME_TOKENS_H
#define RUNTIME_TOKENS_H

#include "jwt.h"
#include "members.h"

/* As jwt_verify(); *memo is where to note what the bearer is in a room, NULL where the token is not remembered. */
int tokens_verify(struct jwt_keys *keys, struct arena *a, struct err *err, const char *token, int64_t now,
    struct claims *c, struct member_memo **memo);

#endif
