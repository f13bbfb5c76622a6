/*
 * tokens.c - see tokens.h.
 *
 * A table with two places for each hash; the hash is salted, so that nobody chooses whom to push out. It has
 * room for the people that one machine serves: a check that is not remembered costs some 70 us. Memory is touched
 * only as people come.
 */
#include "tokens.h"

#include "id.h"

#include <openssl/crypto.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define PLACES 4096
#define WAYS 2
#define TOKEN_MAX 640	/* ours have about 400 bytes; a longer one is checked each time */

struct place {
	size_t len;	/* 0: empty */
	int64_t expires;
	char token[TOKEN_MAX];
	char subject[ID_LEN + 1], session[ID_LEN + 1], room[ID_LEN + 1];	/* room: "" for none */
	struct member_memo memo;
};

static struct place places[PLACES];
static uint64_t salt;

/* The places where a token may be: FNV-1a over salt and token. */
static struct place *
places_of(const char *token, size_t len)
{
	while (salt == 0)
		if (getrandom(&salt, sizeof(salt), 0) != sizeof(salt))
			salt = 0;
	uint64_t h = 14695981039346656037u ^ salt;
	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)token[i]) * 1099511628211u;
	return &places[(h ^ h >> 32) % (PLACES / WAYS) * WAYS];
}

static struct place *
find(struct place *set, const char *token, size_t len, int64_t now)
{
	for (struct place *p = set; p < set + WAYS; p++)
		if (p->len == len && len > 0 && p->expires > now && CRYPTO_memcmp(p->token, token, len) == 0)
			return p;
	return NULL;
}

/* The place to give up: the one that ends first, which an empty one does. */
static struct place *
oldest(struct place *set)
{
	struct place *first = set;

	for (struct place *p = set + 1; p < set + WAYS; p++)
		if (p->expires < first->expires)
			first = p;
	return first;
}

static void
remember(struct place *p, const char *token, size_t len, const struct claims *c)
{
	p->len = len;
	p->expires = c->expires;
	p->memo.room[0] = '\0';
	p->memo.alive = 0;
	memcpy(p->token, token, len);
	snprintf(p->subject, sizeof(p->subject), "%s", c->subject);
	snprintf(p->session, sizeof(p->session), "%s", c->session);
	snprintf(p->room, sizeof(p->room), "%s", c->room != NULL ? c->room : "");
}

int
tokens_verify(struct jwt_keys *keys, struct arena *a, struct err *err, const char *token, int64_t now, struct claims *c,
    struct member_memo **memo)
{
	size_t len = strnlen(token, TOKEN_MAX + 1);

	*memo = NULL;
	if (len > TOKEN_MAX)
		return jwt_verify(keys, a, err, token, now, c);
	struct place *set = places_of(token, len), *p = find(set, token, len, now);
	if (p != NULL) {
		c->subject = arena_strdup(a, p->subject);
		c->session = arena_strdup(a, p->session);
		c->room = p->room[0] != '\0' ? arena_strdup(a, p->room) : NULL;
		c->expires = p->expires;
		*memo = &p->memo;
		return 0;
	}
	if (jwt_verify(keys, a, err, token, now, c) < 0)
		return -1;
	p = oldest(set);
	remember(p, token, len, c);
	*memo = &p->memo;
	return 0;
}
