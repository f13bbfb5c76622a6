/*
 * password.c - see password.h.
 *
 * A hash takes 32 MiB and some 20 ms of a core on purpose, so an anonymous flood could buy all of both with
 * it. Half of the cores make hashes, the others go on serving editors. A few workers may wait for their turn; who
 * finds no place to wait either is sent away with 429. There are more workers (pool.conf) than places, so that
 * refreshing never waits behind signing in.
 *
 * Places are advisory locks of PostgreSQL: a worker that is killed loses its connection, and with it the place.
 */
#include "password.h"

#include "clock.h"
#include "queries_auth.h"

#include <sodium.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* More than OWASP's least for argon2id (19 MiB, two passes, one lane). */
#define PASSES 2
#define MEMORY (32u << 20)
#define COST "$v=19$m=32768,t=2,p=1"	/* the same, as it stands in a hash */

#define PLACES 8	/* to hash and to wait; fewer than there are workers */
#define HASHING_MAX 6
#define WAIT_MS 2000
#define POLL_MS 10

enum place { HASHING, WAITING };

/* A hash of nothing that anybody can type, at the cost above: what unknown accounts are checked against. */
static const char nobody[crypto_pwhash_STRBYTES] =
    "$argon2id" COST "$dml2YS5ub2JvZHkuc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

static int
places(enum place kind)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN) / 2;
	int hashing = cores < 1 ? 1 : cores > HASHING_MAX ? HASHING_MAX : (int)cores;

	return kind == HASHING ? hashing : PLACES - hashing;
}

/* 1 with *slot, 0 when all are taken, -1. */
static int
try_place(struct fn *fn, enum place kind, int64_t *slot)
{
	struct place_take_row *row;
	int n = place_take(fn->pg, &row, kind, places(kind));

	if (n > 0)
		*slot = row->slot;
	return n;
}

static void
leave_place(struct fn *fn, enum place kind, int64_t slot)
{
	struct place_leave_row *row;
	struct err before = fn->err;

	/* Where that fails the connection is lost, and the place with it. */
	place_leave(fn->pg, &row, kind, slot);
	fn->err = before;
}

static int
wait_for_place(struct fn *fn, int64_t *slot)
{
	int64_t until = clock_mono_ms() + WAIT_MS, seat;
	int got = try_place(fn, WAITING, &seat);

	if (got <= 0)
		return got;
	do {
		nanosleep(&(struct timespec){ .tv_nsec = POLL_MS * 1000000L }, NULL);
		got = try_place(fn, HASHING, slot);
	} while (got == 0 && clock_mono_ms() < until);
	leave_place(fn, WAITING, seat);
	return got;
}

/* A place to hash. */
static int
take_place(struct fn *fn, int64_t *slot)
{
	if (sodium_init() < 0)	/* only its first call does anything */
		return err_set(&fn->err, ERR_INTERNAL, "libsodium cannot start");
	int got = try_place(fn, HASHING, slot);
	if (got == 0)
		got = wait_for_place(fn, slot);
	if (got == 0)
		return err_limit(&fn->err, 1, "many people are signing in: try again in a second");
	return got < 0 ? -1 : 0;
}

int
password_hash(struct fn *fn, const char *password, const char **hash)
{
	char *out = arena_alloc(fn->arena, crypto_pwhash_STRBYTES);
	int64_t slot;

	if (take_place(fn, &slot) < 0)
		return -1;
	int failed = crypto_pwhash_str_alg(out, password, strlen(password), PASSES, MEMORY,
	    crypto_pwhash_ALG_ARGON2ID13);
	leave_place(fn, HASHING, slot);
	if (failed != 0)
		return err_set(&fn->err, ERR_BUSY, "no memory for a password's hash");
	*hash = out;
	return 0;
}

int
password_check(struct fn *fn, const char *password, const char *hash)
{
	int64_t slot;

	if (take_place(fn, &slot) < 0)
		return -1;
	int differs = crypto_pwhash_str_verify(hash != NULL ? hash : nobody, password, strlen(password));
	leave_place(fn, HASHING, slot);
	return differs == 0 && hash != NULL;
}

bool
password_is_old(const char *hash)
{
	return crypto_pwhash_str_needs_rehash(hash, PASSES, MEMORY) != 0;
}
