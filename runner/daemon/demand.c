/*
 * demand.c - see demand.h.
 *
 * The rate is an average that forgets: each arrival adds 1/WINDOW a second, which fades with e^(-t/WINDOW).
 * Arrivals are as good as independent, so their number within a refill spreads by its square root (Poisson): R + 1.5
 * sqrt(R) are enough nine times in ten. Who comes when all are taken waits for a cold one, so a little too many is
 * better than one too few: it is rounded up.
 */
#include "demand.h"

#include <math.h>

#define WINDOW_S 10.0
#define REFILL_S 0.3		/* before the first was made */
#define COST (24 << 20)		/* likewise */
#define SHIM (10 << 20)		/* the engine's own processes for a container, which its cgroup does not count */

static double
faded(const struct demand *d, int64_t now_ms)
{
	return d->last_ms == 0 ? 0 : d->rate * exp(-(double)(now_ms - d->last_ms) / 1000 / WINDOW_S);
}

void
demand_asked(struct demand *d, int64_t now_ms)
{
	d->rate = faded(d, now_ms) + 1 / WINDOW_S;
	d->last_ms = now_ms;
}

/* An average of about the last five. */
static double
blend(double old, double new)
{
	return old == 0 ? new : old * 0.8 + new * 0.2;
}

void
demand_made(struct demand *d, int64_t took_ms, int64_t bytes)
{
	d->refill_s = blend(d->refill_s, (double)took_ms / 1000);
	if (bytes > 0)
		d->cost = blend(d->cost, (double)bytes + SHIM);
}

int
demand_target(const struct demand *d, int64_t now_ms, int always)
{
	double r = faded(d, now_ms) * (d->refill_s > 0 ? d->refill_s : REFILL_S);
	bool in_use = d->last_ms != 0 && now_ms - d->last_ms < DEMAND_RECENT_MS;
	int n = r < 0.01 ? 0 : (int)ceil(r + 1.5 * sqrt(r));

	if (n < always)
		n = always;
	return n < 1 && in_use ? 1 : n;
}

int64_t
demand_cost(const struct demand *d)
{
	return d->cost > 0 ? (int64_t)d->cost : COST;
}
