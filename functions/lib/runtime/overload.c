/*
 * overload.c - see overload.h.
 *
 * A queue takes up a burst; one that is never empty is only a delay for everybody. So as long as the queue runs
 * empty now and then, everybody is served however long they waited. Where those who have waited for longer than it
 * takes to serve one always had somebody else waiting behind them, and we never had to wait for work, for as long
 * as it takes to serve 25 (0.25 s at least, 1 s at most), there is more to do than we can: then they are refused at
 * once, which costs little, until those come up who have not waited so long. These are served in twice the usual
 * time at most, and nobody is looked for behind them. To let them wait for longer would serve no more of them: the
 * queue is first come, first served, and so each who is served has waited for just as long as one may.
 *
 * Whatever brings the requests may pause for a moment, and then bring those of that moment, too. So who has refused
 * somebody a moment ago (CALM) needs not see a queue stand anew.
 *
 * On a machine that is busy with other things everybody has waited for too long before we get to look. So of a long
 * row, which took as long as serving one, the next is served nevertheless: it is no use to do nothing but refuse.
 */
#include "overload.h"

#include "log.h"

#include <poll.h>
#include <stddef.h>

#define STANDING_LEAST_US 250000
#define STANDING_MOST_US 1000000
#define STANDING_REQUESTS 25
#define PATIENCE_LEAST_US 10000
#define CALM_US 1000000
#define ROW 32
#define WEIGHT 8	/* of the mean of before, against one */

static bool
somebody_waits(int listener)
{
	struct pollfd p = { .fd = listener, .events = POLLIN };

	return poll(&p, 1, 0) > 0 && (p.revents & POLLIN) != 0;
}

/* How long a queue may stand. */
static int64_t
standing(const struct overload *o)
{
	int64_t us = STANDING_REQUESTS * o->mean;

	return us < STANDING_LEAST_US ? STANDING_LEAST_US : us > STANDING_MOST_US ? STANDING_MOST_US : us;
}

static bool
is_over(const struct overload *o, int64_t now)
{
	return o->refused > 0 && now - o->refused_at >= CALM_US;
}

void
overload_idle(struct overload *o, int64_t now)
{
	o->since = 0;
	if (!is_over(o, now))
		return;
	log_warn("everybody is served again; %u who had waited for too long were refused", o->refused);
	o->refused = 0;
}

/* Whether nobody is refused yet, or somebody has to be served for a change. */
static bool
must_serve(const struct overload *o, int64_t now)
{
	bool is_new = o->refused == 0 && now - o->since < standing(o);

	return is_new || (o->in_a_row >= ROW && now - o->row_since >= o->mean);
}

bool
overload_refuses(struct overload *o, int listener, int64_t now, int64_t waited)
{
	int64_t patience = o->mean > PATIENCE_LEAST_US ? o->mean : PATIENCE_LEAST_US;

	if (waited <= patience)
		return false;
	if (is_over(o, now) || !somebody_waits(listener)) {
		overload_idle(o, now);
		return false;
	}
	if (o->since == 0)
		o->since = now;
	if (o->in_a_row == 0)
		o->row_since = now;
	if (must_serve(o, now))
		return false;
	o->in_a_row++;
	o->refused_at = now;
	if (o->refused++ == 0)
		log_warn("more requests than can be served: who has waited for %lld ms is refused",
		    (long long)(patience / 1000));
	return true;
}

void
overload_served(struct overload *o, int64_t us)
{
	o->mean += (us - o->mean) / WEIGHT;
	o->in_a_row = 0;
}
