/*
 * redis.c - see redis.h.
 *
 * A connection with answers outstanding is of no use to the next request: they are read and dropped
 * at redis_bind(). Whether Redis has hung up is looked for before a request's first command, but not where it answered
 * a moment ago: that look would cost more often than it tells. After any failure of the connection it is closed, and
 * the answers that were due fail.
 *
 * Who we are is said once a connection and nobody waits for it: AUTH goes out with the first command, and its answer
 * is read before the first one of ours.
 */
#include "redis.h"

#include "clock.h"
#include "digits.h"
#include "redis_user.h"

#include <openssl/sha.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MOMENT_MS 5

struct redis {
	char *path;
	struct redis_user user;
	int timeout_ms;
	redisContext *context;
	bool greeting;		/* the answer to AUTH is not read yet */
	int due;		/* answers not read yet */
	bool looked;		/* at the socket, since redis_bind */
	int64_t answered;	/* when it did last, ms */
	struct arena *arena;
	struct err *err;
};

struct redis *
redis_new(const char *path, int timeout_ms)
{
	struct redis *r = calloc(1, sizeof(*r));

	if (r == NULL || (r->path = strdup(path)) == NULL)
		abort();
	r->timeout_ms = timeout_ms;
	r->user = redis_user();
	return r;
}

static void
disconnect(struct redis *r)
{
	if (r->context != NULL)
		redisFree(r->context);
	r->context = NULL;
	r->greeting = false;
	r->due = 0;
}

void
redis_free(struct redis *r)
{
	if (r == NULL)
		return;
	disconnect(r);
	free(r->path);
	free(r);
}

/* Redis is there, but cannot do it now: starting, out of memory or disk, in a script. */
static enum err_kind
kind_of(const char *error)
{
	static const char *const again[] = { "LOADING", "BUSY ", "OOM ", "MISCONF", "READONLY", "TRYAGAIN",
		"MASTERDOWN" };

	for (size_t i = 0; i < sizeof(again) / sizeof(*again); i++)
		if (strncmp(error, again[i], strlen(again[i])) == 0)
			return ERR_BUSY;
	return ERR_INTERNAL;
}

/* What comes next; NULL: the connection failed. */
static redisReply *
get(struct redis *r, struct err *err)
{
	void *reply;

	if (redisGetReply(r->context, &reply) == REDIS_OK)
		return reply;
	err_set(err, ERR_BUSY, "redis: %s", r->context->errstr);
	disconnect(r);
	return NULL;
}

/* The answer to AUTH, where that is due. Who is not let in has no connection. */
static int
greet(struct redis *r, struct err *err)
{
	if (!r->greeting)
		return 0;
	r->greeting = false;
	redisReply *reply = get(r, err);
	if (reply == NULL)
		return -1;
	bool in = reply->type != REDIS_REPLY_ERROR;
	if (!in) {
		err_set(err, kind_of(reply->str), "redis: %s: %s", r->user.name, reply->str);
		disconnect(r);
	}
	freeReplyObject(reply);
	return in ? 0 : -1;
}

void
redis_bind(struct redis *r, struct arena *arena, struct err *err)
{
	struct err unheard = { 0 };
	redisReply *reply;

	while (r->due > 0 && greet(r, &unheard) == 0 && (reply = get(r, &unheard)) != NULL) {
		r->due--;
		freeReplyObject(reply);
	}
	r->arena = arena;
	r->err = err;
	r->looked = false;
}

static int
connect_now(struct redis *r)
{
	struct timeval timeout = { r->timeout_ms / 1000, r->timeout_ms % 1000 * 1000 };

	r->context = redisConnectUnixWithTimeout(r->path, timeout);
	if (r->context == NULL)
		abort();
	if (r->context->err == 0 && redisSetTimeout(r->context, timeout) == REDIS_OK) {
		r->greeting = redis_user_say(&r->user, r->context);
		return 0;
	}
	err_set(r->err, ERR_BUSY, "redis: %s: %s", r->path, r->context->errstr);
	disconnect(r);
	return -1;
}

/* A connection that the server closed while we were idle is readable, though nothing is due. */
static int
ready(struct redis *r)
{
	if (r->context != NULL && !r->looked && r->due == 0 && clock_mono_ms() - r->answered > MOMENT_MS) {
		struct pollfd p = { .fd = r->context->fd, .events = POLLIN };
		if (poll(&p, 1, 0) > 0)
			disconnect(r);
	}
	r->looked = true;
	return r->context != NULL ? 0 : connect_now(r);
}

static void
free_reply(void *reply)
{
	freeReplyObject(reply);
}

/* The next answer; an error of Redis comes back as a reply. NULL: the connection failed. */
static redisReply *
take(struct redis *r)
{
	if (r->context == NULL || r->due == 0) {
		err_set(r->err, ERR_BUSY, "redis: the connection is gone");
		return NULL;
	}
	redisReply *reply = greet(r, r->err) == 0 ? get(r, r->err) : NULL;
	if (reply == NULL)
		return NULL;
	r->due--;
	r->answered = clock_mono_ms();
	arena_defer(r->arena, free_reply, reply);
	return reply;
}

redisReply *
redis_reply(struct redis *r)
{
	redisReply *reply = take(r);

	if (reply == NULL || reply->type != REDIS_REPLY_ERROR)
		return reply;
	err_set(r->err, kind_of(reply->str), "redis: %s", reply->str);
	return NULL;
}

int
redis_flush(struct redis *r)
{
	int done = 0;

	if (r->context == NULL)
		return err_set(r->err, ERR_BUSY, "redis: the connection is gone");
	while (!done)
		if (redisBufferWrite(r->context, &done) != REDIS_OK) {
			err_set(r->err, ERR_BUSY, "redis: %s", r->context->errstr);
			disconnect(r);
			return -1;
		}
	return greet(r, r->err) == 0 ? r->context->fd : -1;
}

static int
queue(struct redis *r, const char *fmt, va_list ap)
{
	if (ready(r) < 0)
		return -1;
	if (redisvAppendCommand(r->context, fmt, ap) != REDIS_OK)
		return err_set(r->err, ERR_INTERNAL, "redis: bad command %s", fmt);
	r->due++;
	return 0;
}

int
redis_send(struct redis *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int result = queue(r, fmt, ap);
	va_end(ap);
	return result;
}

redisReply *
redis_cmd(struct redis *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int result = queue(r, fmt, ap);
	va_end(ap);
	return result < 0 ? NULL : redis_reply(r);
}

/* `how` is EVALSHA with the script's digest, or EVAL with its text. */
static redisReply *
eval(struct redis *r, const char *how, const char *script, int keys, int argc, const struct bytes *argv)
{
	const char **args = arena_array(r->arena, (size_t)argc + 3, sizeof(*args));
	size_t *lens = arena_array(r->arena, (size_t)argc + 3, sizeof(*lens));

	if (ready(r) < 0)
		return NULL;
	args[0] = how;
	args[1] = script;
	args[2] = arena_printf(r->arena, "%d", keys);
	for (int i = 0; i < 3; i++)
		lens[i] = strlen(args[i]);
	for (int i = 0; i < argc; i++) {
		args[i + 3] = argv[i].len > 0 ? (const char *)argv[i].data : "";
		lens[i + 3] = argv[i].len;
	}
	if (redisAppendCommandArgv(r->context, argc + 3, args, lens) != REDIS_OK)
		abort();
	r->due++;
	return take(r);
}

static void
digest(struct redis_script *s)
{
	unsigned char sha[SHA_DIGEST_LENGTH];

	SHA1((const unsigned char *)s->text, strlen(s->text), sha);
	hex(s->sha, sha, sizeof(sha));
}

redisReply *
redis_eval(struct redis *r, struct redis_script *s, int keys, int argc, const struct bytes *argv)
{
	if (s->sha[0] == '\0')
		digest(s);
	redisReply *reply = eval(r, "EVALSHA", s->sha, keys, argc, argv);
	if (reply != NULL && reply->type == REDIS_REPLY_ERROR && strncmp(reply->str, "NOSCRIPT", 8) == 0)
		reply = eval(r, "EVAL", s->text, keys, argc, argv);
	if (reply == NULL || reply->type != REDIS_REPLY_ERROR)
		return reply;
	err_set(r->err, kind_of(reply->str), "redis: %s.lua: %s", s->name, reply->str);
	return NULL;
}
