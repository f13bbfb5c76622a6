/*
 * redis_watch.c - see redis_watch.h.
 *
 * Redis' client side caching (CLIENT TRACKING), in the form that costs it nothing for what is read: it sends the name
 * of each changed key of the prefix to everybody who watches (BCAST). Without RESP3, which hiredis of Debian lacks, it
 * sends them as messages of a channel; a connection may have them sent to itself. What they say is not looked at: any
 * byte means that a key has changed, an end that nobody tells us any more. So nothing here can misread.
 *
 * Redis queues the messages before it writes any answer to whoever made the change, and writes both before it reads
 * again: hence the second command of redis_watch.h. What does not fit into our socket leaves it readable.
 */
#include "redis_watch.h"

#include "clock.h"
#include "log.h"
#include "redis_user.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define AGAIN_MS 1000

struct redis_watch {
	char *path, *prefix;
	struct redis_user user;
	int timeout_ms;
	redisContext *context;	/* NULL, or it watches */
	uint64_t time;		/* never the same again after a change or an end */
	int64_t tried;
};

struct redis_watch *
redis_watch_new(const char *path, const char *prefix, int timeout_ms)
{
	struct redis_watch *w = calloc(1, sizeof(*w));

	if (w == NULL || (w->path = strdup(path)) == NULL || (w->prefix = strdup(prefix)) == NULL)
		abort();
	w->timeout_ms = timeout_ms;
	w->user = redis_user();
	w->tried = -AGAIN_MS;
	return w;
}

void
redis_watch_free(struct redis_watch *w)
{
	if (w == NULL)
		return;
	if (w->context != NULL)
		redisFree(w->context);
	free(w->path);
	free(w->prefix);
	free(w);
}

/* What Redis answered, if it did as it was told: a number's value, else 1; or -1. */
static long long
value_of(redisReply *reply)
{
	long long value = reply == NULL || reply->type == REDIS_REPLY_ERROR ? -1
	    : reply->type == REDIS_REPLY_INTEGER			    ? reply->integer
									    : 1;

	if (reply != NULL)
		freeReplyObject(reply);
	return value;
}

static bool
subscribe(const struct redis_watch *w, redisContext *c)
{
	void *greeting = NULL;

	if (redis_user_say(&w->user, c) && (redisGetReply(c, &greeting) != REDIS_OK || value_of(greeting) < 0))
		return false;
	long long id = value_of(redisCommand(c, "CLIENT ID"));
	return id > 0
	    && value_of(redisCommand(c, "CLIENT TRACKING ON REDIRECT %lld BCAST PREFIX %s", id, w->prefix)) > 0
	    && value_of(redisCommand(c, "SUBSCRIBE __redis__:invalidate")) > 0;
}

void
redis_watch_open(struct redis_watch *w)
{
	const struct timeval timeout = { w->timeout_ms / 1000, w->timeout_ms % 1000 * 1000 };
	int64_t now = clock_mono_ms();

	if (w->context != NULL || now - w->tried < AGAIN_MS)
		return;
	w->tried = now;
	redisContext *c = redisConnectUnixWithTimeout(w->path, timeout);
	if (c == NULL)
		abort();
	if (c->err == 0 && redisSetTimeout(c, timeout) == REDIS_OK && subscribe(w, c)) {
		w->context = c;
		w->time++;
		return;
	}
	log_debug("changes of %s* are not heard: %s", w->prefix, c->err != 0 ? c->errstr : "Redis refuses");
	redisFree(c);
}

uint64_t
redis_watch_now(struct redis_watch *w)
{
	char said[1024];
	ssize_t n = 1;

	while (w->context != NULL && (n > 0 || errno == EINTR)) {
		n = recv(w->context->fd, said, sizeof(said), MSG_DONTWAIT);
		w->time += n > 0;
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
			redisFree(w->context);
			w->context = NULL;
		}
	}
	return w->context != NULL ? w->time : 0;
}
