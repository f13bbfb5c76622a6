/*
 * session.h - what a session hands to a browser. For the functions that open sessions: auth and rooms.
 *
 * A session is a row (schemas/sql) and two tokens. The access token is a JWT of five minutes, checked
 * without asking anybody. The refresh token is the session's id followed by 256 secret bits; the row
 * holds its SHA-256. Each function writes the row by its own statement, so that it appears together
 * with whatever it belongs to; what is the same for all is here.
 *
 * Each refresh uses up its token. The next one is made from it and a salt that only the row has, so
 * whoever asks again, because the answer was lost or because two windows asked at once, can be given the
 * very same answer, and a copy of the table is of no use without a token.
 */
#ifndef RUNTIME_SESSION_H
#define RUNTIME_SESSION_H

#include "api.h"

#define SESSION_SECONDS (30 * 24 * 3600)	/* then one signs in again, however active: session.expires_at */
#define SESSION_ACCESS_SECONDS 300

struct session_key {
	char id[ID_LEN + 1];
	const char *token;	/* for the browser */
	const char *hash;	/* for the row */
};

/* A new session's id and first refresh token, owned by the arena. */
void session_new(struct arena *a, struct session_key *out);

/* The key that a refresh token has; false where it cannot be one of ours. */
bool session_key_of(struct arena *a, const char *token, struct session_key *out);

/* The key that follows `used`. */
void session_next(struct arena *a, const struct session_key *used, const char *salt, struct session_key *out);

/* SHA-256 in hex, as the tables keep refresh tokens, invites and first links. */
const char *session_hash(struct arena *a, const char *text);

/*
 * Hands out a session whose row is written: signs an access token for `subject` (`room` for a guest, else
 * NULL), sets both cookies, fills in everything of *out but user and participant. `seconds` are left of it.
 */
int session_give(struct fn *fn, const struct session_key *key, const char *subject, const char *room, int64_t seconds,
    struct session *out);

/* Answers with the session that the caller has: an access token that ends when the present one does. */
int session_keep(struct fn *fn, struct session *out);

/* After the row is gone: its access tokens end too. Redis being away is logged; they last five minutes more then. */
void session_gone(struct fn *fn, const char *id);

/* The cookies: as they came (NULL), and removed. */
const char *session_refresh_cookie(const struct fn *fn);
void session_forget(struct fn *fn);

#endif
