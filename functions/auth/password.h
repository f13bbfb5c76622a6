/*
 * password.h - argon2id, with its cost kept in bounds.
 */
#ifndef AUTH_PASSWORD_H
#define AUTH_PASSWORD_H

#include "fn.h"

/* The hash of a password, for the table. -1 with ERR_LIMIT when too many are being made at once. */
int password_hash(struct fn *fn, const char *password, const char **hash);

/*
 * 1 when the password has this hash, 0 when not, -1. hash == NULL (no such account, or none with a
 * password) takes as long and is 0.
 */
int password_check(struct fn *fn, const char *password, const char *hash);

/* Whether the hash was made at another cost than password_hash() has today. */
bool password_is_old(const char *hash);

#endif
