/*
 * top.c - fn top: what happens just now, each second anew.
 *
 * Scoreboards count since they began. What happened within a second is what they have now, less what they had then.
 */
#include "command.h"

#include "boards.h"
#include "clock.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* What a function had counted. */
struct counts {
	char name[BOARD_NAME];
	uint64_t all, bad, took[BOARD_BUCKETS + 1];
};

struct top {
	bool json, terminal, quiet;	/* quiet: to remember, not to show */
	long rounds;			/* to show; < 0: until it is ended */
	int64_t at_us;			/* of the last look */
	double seconds;			/* between the last two */
	unsigned shown;
	struct counts *seen;
	size_t functions;
};

/* Where the function's counts of before are; of one that is new they are 0. */
static struct counts *
before(struct top *t, const char *name)
{
	for (size_t i = 0; i < t->functions; i++)
		if (strcmp(t->seen[i].name, name) == 0)
			return &t->seen[i];
	struct counts *more = realloc(t->seen, (t->functions + 1) * sizeof(*more));
	if (more == NULL)
		exit(EX_OSERR);
	t->seen = more;
	more += t->functions++;
	memset(more, 0, sizeof(*more));
	snprintf(more->name, sizeof(more->name), "%s", name);
	return more;
}

static void
count(const char *name, const struct board *b, struct counts *now)
{
	struct board_operation sum;

	board_sum(b, &sum);
	snprintf(now->name, sizeof(now->name), "%s", name);
	now->all = board_answers(&sum, 1, 5);
	now->bad = board_answers(&sum, 5, 5);
	for (int i = 0; i <= BOARD_BUCKETS; i++)
		now->took[i] = sum.took.count[i];
}

/* A board that was made anew has less than it had: all of it is new. */
static struct counts
since(const struct counts *now, const struct counts *then)
{
	struct counts d = *now;

	if (now->all < then->all)
		return d;
	d.all -= then->all;
	d.bad -= then->bad < d.bad ? then->bad : d.bad;
	for (int i = 0; i <= BOARD_BUCKETS; i++)
		d.took[i] -= then->took[i] < d.took[i] ? then->took[i] : d.took[i];
	return d;
}

/* Milliseconds within which a part of the requests were answered, as if those of a bucket were spread evenly. */
static double
quantile(const struct counts *c, double part)
{
	double all = 0, below = 0;

	for (int i = 0; i <= BOARD_BUCKETS; i++)
		all += (double)c->took[i];
	for (int i = 0; all > 0 && i < BOARD_BUCKETS; i++) {
		double low = i == 0 ? 0 : board_bounds[i - 1], n = (double)c->took[i];
		if (n > 0 && below + n >= all * part)
			return (low + (board_bounds[i] - low) * (all * part - below) / n) / 1000;
		below += n;
	}
	return all > 0 ? board_bounds[BOARD_BUCKETS - 1] / 1000.0 : 0;
}

static void
print(struct top *t, const struct board *b, const struct counts *c)
{
	unsigned starting = board_workers(b, SLOT_STARTING), idle = board_workers(b, SLOT_IDLE);
	unsigned busy = board_workers(b, SLOT_BUSY), leaving = board_workers(b, SLOT_LEAVING);
	double rate = (double)c->all / t->seconds, p50 = quantile(c, 0.5), p99 = quantile(c, 0.99);

	if (t->json)
		printf("%s{\"name\":\"%s\",\"starting\":%u,\"idle\":%u,\"busy\":%u,\"leaving\":%u,\"requests\":%" PRIu64
		    ",\"per_second\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"errors\":%" PRIu64 "}",
		    t->shown == 0 ? "[" : ",", c->name, starting, idle, busy, leaving, c->all, rate, p50, p99, c->bad);
	else if (t->shown == 0)
		printf("%s%-12s %9s %5s %5s %8s %9s %9s %9s %6s\n", t->terminal ? "\033[H\033[J" : "", "FUNCTION",
		    "STARTING", "IDLE", "BUSY", "LEAVING", "REQ/S", "P50/MS", "P99/MS", "5XX");
	if (!t->json)
		printf("%-12s %9u %5u %5u %8u %9.1f %9.2f %9.2f %6" PRIu64 "\n", c->name, starting, idle, busy, leaving,
		    rate, p50, p99, c->bad);
	t->shown++;
}

static void
look(const char *name, const struct board *b, void *of)
{
	struct top *t = of;
	struct counts now, *then = before(t, name);

	count(name, b, &now);
	struct counts between = since(&now, then);
	*then = now;
	if (!t->quiet)
		print(t, b, &between);
}

static int
look_again(struct top *t, bool quiet)
{
	int64_t now = clock_mono_us();

	t->seconds = (double)(now - t->at_us) / 1e6;
	t->at_us = now;
	t->quiet = quiet;
	t->shown = 0;
	int code = boards_look(look, t);
	if (t->json && !quiet && code == 0)
		printf("%s]\n", t->shown == 0 ? "[" : "");
	/* Who reads what we print may have gone. */
	return code != 0 ? code : fflush(stdout) == 0 ? 0 : EX_IOERR;
}

static int
watch(struct top *t)
{
	int code = look_again(t, true);

	while (code == 0 && t->rounds != 0) {
		sleep(1);
		code = look_again(t, false);
		t->rounds -= t->rounds > 0;
	}
	return code;
}

static bool
read_number(const char *s, long *out)
{
	char *end;

	*out = strtol(s, &end, 10);
	return *s >= '0' && *s <= '9' && *end == '\0' && *out >= 1 && *out <= 1000000000;
}

int
command_top(int argc, char **argv)
{
	struct top t = { .rounds = -1, .terminal = isatty(STDOUT_FILENO) };

	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "--json") == 0)
			t.json = true;
		else if (strcmp(argv[i], "-n") != 0 || ++i == argc || !read_number(argv[i], &t.rounds))
			return command_usage("top takes --json and -n COUNT, from 1");
	int code = watch(&t);
	free(t.seen);
	return code;
}
