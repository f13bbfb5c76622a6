/*
 * ls.c - fn ls: what the scoreboards of $VIVA_RUN/fn say.
 */
#include "command.h"

#include "config.h"
#include "scoreboard.h"

#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static uint64_t
answered(const struct board *b, int from, int to)
{
	uint64_t n = 0;

	for (int i = from; i <= to; i++)
		n += b->answers[i];
	return n;
}

static void
show(const struct board *b, bool json, bool first)
{
	unsigned busy = board_workers(b, SLOT_BUSY), idle = board_workers(b, SLOT_IDLE);
	unsigned starting = board_workers(b, SLOT_STARTING), leaving = board_workers(b, SLOT_LEAVING);
	uint64_t all = answered(b, 1, 5), bad = answered(b, 5, 5);
	uint64_t mean = all > 0 ? b->took.total_us / all : 0;

	if (json)
		printf("%s{\"name\":\"%s\",\"busy\":%u,\"idle\":%u,\"starting\":%u,\"leaving\":%u,\"requests\":%" PRIu64
		    ",\"errors\":%" PRIu64 ",\"mean_us\":%" PRIu64 ",\"crashed\":%" PRIu64 ",\"overdue\":%" PRIu64 "}",
		    first ? "" : ",", b->name, busy, idle, starting, leaving, all, bad, mean,
		    (uint64_t)b->events[BOARD_CRASHED], (uint64_t)b->events[BOARD_OVERDUE]);
	else
		printf("%-12s %5u %5u %9u %8u %10" PRIu64 " %7" PRIu64 " %9" PRIu64 " %8" PRIu64 " %8" PRIu64 "\n",
		    b->name, busy, idle, starting, leaving, all, bad, mean, (uint64_t)b->events[BOARD_CRASHED],
		    (uint64_t)b->events[BOARD_OVERDUE]);
}

int
command_ls(int argc, char **argv)
{
	bool json = argc == 1 && strcmp(argv[0], "--json") == 0;
	char pattern[512];
	glob_t found;

	if (argc > 1 || (argc == 1 && !json))
		return command_usage("ls takes --json and nothing else");
	snprintf(pattern, sizeof(pattern), "%s/fn/*.board", config_str("VIVA_RUN", "/run/viva/state/run"));
	if (glob(pattern, 0, NULL, &found) != 0) {
		fprintf(stderr, "fn: no function is served here: there is no %s\n", pattern);
		return EX_UNAVAILABLE;
	}
	if (json)
		printf("[");
	else
		printf("%-12s %5s %5s %9s %8s %10s %7s %9s %8s %8s\n", "FUNCTION", "BUSY", "IDLE", "STARTING",
		    "LEAVING", "REQUESTS", "5XX", "MEAN/US", "CRASHED", "OVERDUE");
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const struct board *b = board_read(found.gl_pathv[i]);
		if (b != NULL)
			show(b, json, i == 0);
		else
			fprintf(stderr, "fn: %s: %s\n", found.gl_pathv[i], strerror(errno));
		if (b != NULL)
			board_free(b);
	}
	if (json)
		printf("]\n");
	globfree(&found);
	return 0;
}
