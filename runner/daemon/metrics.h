/*
 * metrics.h - numbers for an operator, as Prometheus reads them.
 *
 * A metric is a static struct in the file that knows its value; it is shown from its first use on.
 *
 *	static struct metric misses = METRIC_COUNTER("viva_pool_misses_total", "Runs that found none.", "language");
 *	...
 *	metric_add(&misses, 1, l->name, NULL);
 *
 * Names end in what they count: _total for a counter, _seconds or _bytes for an amount. Labels are at most two, and
 * their values few: a language, a status; never an id. All calls are safe from any thread and take well under a
 * microsecond; metrics are for counting, not for remembering.
 */
#ifndef RUNNER_METRICS_H
#define RUNNER_METRICS_H

#include "buf.h"

#include <stdbool.h>
#include <stdint.h>

#define METRIC_LABELS_MAX 2

enum metric_type { METRIC_IS_COUNTER, METRIC_IS_GAUGE, METRIC_IS_SECONDS };

struct metric_series;

struct metric {
	const char *name, *help;
	enum metric_type type;
	const char *labels[METRIC_LABELS_MAX];
	/* the rest is metrics.c's */
	struct metric_series *series;
	struct metric *next;
	bool listed;
};

#define METRIC_COUNTER(n, h, ...) { .name = n, .help = h, .type = METRIC_IS_COUNTER, .labels = { __VA_ARGS__ } }
#define METRIC_GAUGE(n, h, ...) { .name = n, .help = h, .type = METRIC_IS_GAUGE, .labels = { __VA_ARGS__ } }
/* A histogram of times, from a millisecond to three minutes. */
#define METRIC_SECONDS(n, h, ...) { .name = n, .help = h, .type = METRIC_IS_SECONDS, .labels = { __VA_ARGS__ } }

/* `first` and `second` are the labels' values, NULL where the metric has no such label. */
void metric_add(struct metric *m, double by, const char *first, const char *second);
void metric_set(struct metric *m, double value, const char *first, const char *second);
void metric_seconds(struct metric *m, int64_t ms, const char *first, const char *second);

/* All metrics in Prometheus' text format, version 0.0.4. */
void metrics_write(struct buf *out);

#endif
