/*
 * jwt.h - access tokens: ES256 (RFC 7518) JSON Web Tokens (RFC 7519), signed by libjwt.
 *
 * libjwt 1.10.2 would accept an HS256 token forged with the public key, takes `alg: none` with a
 * NULL key, and checks no `exp`. So nothing is verified by it: the header is checked here first (alg is exactly ES256,
 * typ is JWT, kid is known), then the signature by OpenSSL, then every claim.
 */
#ifndef IO_JWT_H
#define IO_JWT_H

#include "arena.h"
#include "err.h"

#include <stdint.h>

/* Who a token speaks for. Strings belong to the arena given. */
struct claims {
	const char *subject;	/* account id, or participant id of a guest */
	const char *session;	/* session id */
	const char *room;	/* guests only: the one room this token is good for; else NULL */
	int64_t expires;	/* seconds since 1970 */
};

struct jwt_keys;

/*
 * Keys come from $VIVA_SECRETS: `jwt.key` (EC P-256 private key, PEM; only auth and rooms can read it) and
 * `jwt.pub` (its public key; with `jwt-old.pub`, if present, still accepted). `sign` says whether the
 * private key is needed. NULL with the error set where they cannot be had.
 */
struct jwt_keys *jwt_keys_load(struct err *err, int sign);
void jwt_keys_free(struct jwt_keys *keys);

/* A token good for `seconds`; owned by the arena. */
int jwt_sign(struct jwt_keys *keys, struct arena *a, struct err *err, const struct claims *c, int seconds,
    const char **token);

/* 0 with *c filled, or -1 with ERR_UNAUTHENTICATED. `now` in seconds. Never trusts a byte of the token. */
int jwt_verify(struct jwt_keys *keys, struct arena *a, struct err *err, const char *token, int64_t now,
    struct claims *c);

/* The public key as JWK members, base64url: x, y, kid (RFC 7638 thumbprint). i counts from 0; -1 past the last. */
int jwt_jwk(struct jwt_keys *keys, int i, char x[64], char y[64], char kid[64]);

#endif
