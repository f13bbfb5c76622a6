/*
 * metrics.c - see metrics.h.
 *
 * One lock around all. A metric has a series for each combination of labels' values that was seen; beyond SERIES_MAX
 * they share one called "other", so that a mistake costs a number and not the memory.
 */
#include "metrics.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERIES_MAX 256

static const double bounds[] = { 0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5,
	1, 2.5, 5, 10, 30, 60, 180 };
#define BOUNDS (sizeof(bounds) / sizeof(*bounds))

struct metric_series {
	struct metric_series *next;
	char *values[METRIC_LABELS_MAX];
	double value;			/* of a histogram: the sum */
	uint64_t buckets[BOUNDS + 1];	/* the last: more than all bounds */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct metric *metrics;	/* by name */

static void
list(struct metric *m)
{
	struct metric **p = &metrics;

	while (*p != NULL && strcmp((*p)->name, m->name) < 0)
		p = &(*p)->next;
	m->next = *p;
	*p = m;
	m->listed = true;
}

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static char *
copy(const char *s)
{
	char *c = s == NULL ? NULL : strdup(s);

	if (s != NULL && c == NULL)
		abort();
	return c;
}

static struct metric_series *
series_of(struct metric *m, const char *first, const char *second)
{
	struct metric_series **p = &m->series;
	size_t n = 0;

	if (!m->listed)
		list(m);
	for (; *p != NULL; p = &(*p)->next, n++)
		if (same((*p)->values[0], first) && same((*p)->values[1], second))
			return *p;
	if (n >= SERIES_MAX && !same(first, "other"))
		return series_of(m, first != NULL ? "other" : NULL, second != NULL ? "other" : NULL);
	if ((*p = calloc(1, sizeof(**p))) == NULL)
		abort();
	(*p)->values[0] = copy(first);
	(*p)->values[1] = copy(second);
	return *p;
}

void
metric_add(struct metric *m, double by, const char *first, const char *second)
{
	pthread_mutex_lock(&lock);
	series_of(m, first, second)->value += by;
	pthread_mutex_unlock(&lock);
}

void
metric_set(struct metric *m, double value, const char *first, const char *second)
{
	pthread_mutex_lock(&lock);
	series_of(m, first, second)->value = value;
	pthread_mutex_unlock(&lock);
}

void
metric_seconds(struct metric *m, int64_t ms, const char *first, const char *second)
{
	double s = (double)ms / 1000;
	size_t i = 0;

	while (i < BOUNDS && s > bounds[i])
		i++;
	pthread_mutex_lock(&lock);
	struct metric_series *series = series_of(m, first, second);
	series->value += s;
	series->buckets[i]++;
	pthread_mutex_unlock(&lock);
}

/* A backslash, a quote and a line's end are the only letters that a label's value may not have as they are. */
static void
write_text(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '\n')
			buf_str(out, "\\n");
		else {
			if (*s == '"' || *s == '\\')
				buf_byte(out, '\\');
			buf_byte(out, (uint8_t)*s);
		}
	}
}

/* {language="python",le="0.1"}, or nothing at all. */
static void
write_labels(struct buf *out, const struct metric *m, const struct metric_series *s, const char *le)
{
	const char *before = "{";

	for (size_t i = 0; i < METRIC_LABELS_MAX && m->labels[i] != NULL; i++, before = ",") {
		buf_printf(out, "%s%s=\"", before, m->labels[i]);
		write_text(out, s->values[i] != NULL ? s->values[i] : "");
		buf_byte(out, '"');
	}
	if (le != NULL) {
		buf_printf(out, "%sle=\"%s\"", before, le);
		before = ",";
	}
	if (*before == ',')
		buf_byte(out, '}');
}

static void
write_histogram(struct buf *out, const struct metric *m, const struct metric_series *s)
{
	uint64_t n = 0;
	char le[32];

	for (size_t i = 0; i <= BOUNDS; i++) {
		n += s->buckets[i];
		snprintf(le, sizeof(le), "%g", i < BOUNDS ? bounds[i] : 0);
		buf_printf(out, "%s_bucket", m->name);
		write_labels(out, m, s, i < BOUNDS ? le : "+Inf");
		buf_printf(out, " %llu\n", (unsigned long long)n);
	}
	buf_printf(out, "%s_sum", m->name);
	write_labels(out, m, s, NULL);
	buf_printf(out, " %.3f\n%s_count", s->value, m->name);
	write_labels(out, m, s, NULL);
	buf_printf(out, " %llu\n", (unsigned long long)n);
}

void
metrics_write(struct buf *out)
{
	static const char *const types[] = { "counter", "gauge", "histogram" };

	pthread_mutex_lock(&lock);
	for (const struct metric *m = metrics; m != NULL; m = m->next) {
		buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", m->name, m->help, m->name, types[m->type]);
		for (const struct metric_series *s = m->series; s != NULL; s = s->next) {
			if (m->type == METRIC_IS_SECONDS) {
				write_histogram(out, m, s);
				continue;
			}
			buf_str(out, m->name);
			write_labels(out, m, s, NULL);
			buf_printf(out, " %.15g\n", s->value);
		}
	}
	pthread_mutex_unlock(&lock);
}
