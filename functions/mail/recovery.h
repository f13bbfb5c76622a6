/*
 * recovery.h - the letter to somebody who forgot a password.
 */
#ifndef MAIL_RECOVERY_H
#define MAIL_RECOVERY_H

#include "compose.h"
#include "fn.h"

/* 1 with the account's own address and the letter, its link stored; 0: no such account, so none is sent; -1. */
int recovery_write(struct fn *fn, const char *asked_for, const char **to, struct letter *letter);

#endif
