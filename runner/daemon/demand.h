/*
 * demand.h - how many warm containers of a language are worth their memory, from when it was asked for.
 *
 * Bookkeeping alone: times are given, nothing is looked up. All zero at first.
 */
#ifndef RUNNER_DEMAND_H
#define RUNNER_DEMAND_H

#include <stdbool.h>
#include <stdint.h>

#define DEMAND_RECENT_MS 600000		/* a language that was asked for within ten minutes is in use */

struct demand {
	double rate;		/* arrivals a second, as it was at last_ms */
	int64_t last_ms;	/* of the last arrival; 0: there was none */
	double refill_s;	/* what making one takes */
	double cost;		/* bytes of memory that an idle one takes; 0: not known yet */
};

/* It was asked for. */
void demand_asked(struct demand *d, int64_t now_ms);

/* One was made, in so long, and takes so much. */
void demand_made(struct demand *d, int64_t took_ms, int64_t bytes);

/*
 * How many to keep: what arrives while one is made (R), and 1.5 times the square root of that for chance; at least
 * `always`, and at least one of a language in use.
 */
int demand_target(const struct demand *d, int64_t now_ms, int always);

/* What one more will take: as those before, or a guess. */
int64_t demand_cost(const struct demand *d);

#endif
