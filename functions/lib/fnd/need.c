/*
 * need.c - when a function must have one more worker.
 *
 * We watch the listening socket like the workers do, and behind all of them: EPOLLEXCLUSIVE wakes the first watcher
 * that waits, so a connection wakes us only if no worker was waiting for one. Nothing is polled, and where workers are
 * enough we never run. To stay behind them we watch anew after each worker that began to.
 *
 * Woken, the function is pressed: until nobody waits at the socket any more, it is looked at each millisecond.
 * From none to one worker at once; one more when somebody has waited for a whole look and nobody is idle, one after
 * the other. With all that may be, we stop watching until one ends.
 */
#include "pools.h"

#include "clock.h"
#include "refuse.h"

#include <poll.h>

#define LOOK 1			/* ms */
#define START 20		/* ms that one who is being started is waited for, before another is */

static bool
somebody_waits(const struct pool *p)
{
	struct pollfd l = { .fd = p->listener, .events = POLLIN };

	return poll(&l, 1, 0) > 0;
}

static void
press(void *pool)
{
	struct pool *p = pool;

	if (!p->pressed)
		p->pressed_at = clock_mono_ms();
	p->pressed = true;
}

/* Who waits already presses at once. */
void
need_watch(struct pool *p)
{
	p->watch = (struct watch){ press, p };
	if (!p->stopping)
		loop_watch(p->listener, EPOLLIN | EPOLLEXCLUSIVE | EPOLLET, &p->watch);
}

static void
refuse(struct pool *p, int64_t now)
{
	unsigned n = refuse_all(p->listener, p->retry_at - now);

	while (n-- > 0)
		board_count(p->board, BOARD_REFUSED);
	p->pressed = false;
}

static void
one_more(struct pool *p, const struct tally *t, int64_t now)
{
	bool first = t->idle + t->busy + t->starting == 0;

	bool soon = t->starting > 0 && now - p->asked_at < START;

	if (p->zygote == NULL || soon || (!first && now - p->pressed_at < LOOK))
		return;
	p->asked_at = now;
	if (workers_ask(p, now) && first)
		board_count(p->board, BOARD_COLD);
}

int64_t
need_tick(struct pool *p, int64_t now)
{
	if (!p->pressed || p->stopping)
		return FOREVER;
	if (!somebody_waits(p)) {
		p->pressed = false;
		return FOREVER;
	}
	struct tally t = workers_tally(p);
	unsigned serving = t.idle + t.busy + t.starting;
	if (serving == 0 && pool_is_broken(p, now)) {
		refuse(p, now);
		return FOREVER;
	}
	if (t.idle > 0 && now > p->pressed_at)
		workers_kick(p);
	else if (serving >= p->board->limits.max) {
		loop_forget(p->listener);
		p->pressed = false;
		return FOREVER;
	} else if (t.idle == 0)
		one_more(p, &t, now);
	return LOOK;
}
