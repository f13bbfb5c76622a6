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

#define PRESSED_LOOK 1		/* ms */
#define START 20		/* ms that one who is being started is waited for, before another is */

static bool
somebody_waits(const struct pool *p)
{
	struct pollfd l = { .fd = p->at.listener, .events = POLLIN };

	return poll(&l, 1, 0) > 0;
}

static void
press(void *pool)
{
	struct pool *p = pool;

	if (p->pressed != 0)
		return;
	p->pressed = clock_mono_ms();
	pool_by(p, 0);
}

/* Who waits already presses at once. */
void
need_watch(struct pool *p)
{
	p->watch = (struct watch){ press, p };
	if (!p->stopping)
		loop_watch(p->at.listener, EPOLLIN | EPOLLEXCLUSIVE | EPOLLET, &p->watch);
}

static void
refuse(struct pool *p, int64_t now)
{
	for (unsigned n = refuse_all(p->at.listener, p->retry_at - now); n > 0; n--)
		board_count(p->at.board, BOARD_REFUSED);
}

static void
one_more(struct pool *p, struct tally *t, int64_t now)
{
	bool first = t->serving == 0;

	if (p->zygote == NULL || now - t->newest < START || (!first && now - p->pressed < PRESSED_LOOK))
		return;
	if (workers_ask(p, t, now) && first)
		board_count(p->at.board, BOARD_COLD);
}

void
need_tick(struct pool *p, struct tally *t, int64_t now)
{
	if (p->pressed != 0 && !somebody_waits(p))
		p->pressed = 0;
	if (p->pressed == 0)
		return;
	pool_by(p, now + PRESSED_LOOK);
	if (t->serving == 0 && now < p->retry_at)
		refuse(p, now);
	else if (t->idle > 0 && now > p->pressed)
		workers_kick(p);
	else if (t->idle == 0 && t->serving < p->limits.max)
		one_more(p, t, now);
	else if (t->idle == 0 && p->zygote != NULL) {
		loop_forget(p->at.listener);
		p->pressed = 0;
	}
}
