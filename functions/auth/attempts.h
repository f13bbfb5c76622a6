/*
 * attempts.h - guessing passwords gets slower, per account and per address.
 *
 * An attempt is counted before it is made, so that a hundred at once are a hundred; one that succeeds is
 * taken back. From the fifth failure on an account has to wait 1 s, 2 s, 4 s, ... up to 15 minutes; an
 * address, behind which may be an office, begins at its fiftieth. An hour without failure forgets all.
 */
#ifndef AUTH_ATTEMPTS_H
#define AUTH_ATTEMPTS_H

#include "fn.h"

/* Before the password is looked at: 0, or -1 with ERR_LIMIT. */
int attempts_begin(struct fn *fn, const char *email);

/* It was right: the account's failures are forgotten. Leaves fn->err as it is, like the others. */
void attempts_succeeded(struct fn *fn, const char *email);

/* There is another password: failures to guess the old one count no more. */
void attempts_forget(struct fn *fn, const char *email);

/* It was not looked at after all: as if it had not been made. */
void attempts_forgive(struct fn *fn, const char *email);

#endif
