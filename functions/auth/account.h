/*
 * account.h - what the operations of auth share.
 */
#ifndef AUTH_ACCOUNT_H
#define AUTH_ACCOUNT_H

#include "queries_auth.h"
#include "session.h"

/* The owner's address until it sets one. Nobody else may take it: the first link would find no room. */
#define OWNER_EMAIL "owner@localhost"

/* An account as the API shows it, owned by the arena. */
struct user *account_user(struct fn *fn, const char *id, const char *email, const char *name,
    const char *password_hash);

/* A new session of an account: its row, its tokens, its cookies. */
int account_open_session(struct fn *fn, const char *account, struct session *out);

/* Who a guest is; ERR_UNAUTHENTICATED once it has left. */
int account_guest(struct fn *fn, const char *participant, struct participant **out);

/* Whether mail is sent from here, and so a forgotten password is no lost account. */
bool account_mails(void);

/* What stands for an e-mail where it must not stand in clear (Redis): the same however it is written. */
const char *account_mark(struct fn *fn, const char *email);

/* An e-mail can be had: it is not the one that the owner begins with. */
int account_email_free(struct fn *fn, const char *email);

#endif
