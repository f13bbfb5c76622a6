/*
 * ls.c - fn ls: what the scoreboards say, since they began.
 */
#include "command.h"

#include "boards.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct list {
	bool json;
	unsigned shown;
};

static void
show(const struct board *b, void *of)
{
	struct list *l = of;
	unsigned busy = board_workers(b, SLOT_BUSY), idle = board_workers(b, SLOT_IDLE);
	unsigned starting = board_workers(b, SLOT_STARTING), leaving = board_workers(b, SLOT_LEAVING);
	uint64_t all = boards_answers(b, 1, 5), bad = boards_answers(b, 5, 5);
	uint64_t mean = all > 0 ? b->took.total_us / all : 0;

	if (l->json)
		printf("%s{\"name\":\"%s\",\"busy\":%u,\"idle\":%u,\"starting\":%u,\"leaving\":%u,\"requests\":%" PRIu64
		    ",\"errors\":%" PRIu64 ",\"mean_us\":%" PRIu64 ",\"crashed\":%" PRIu64 ",\"overdue\":%" PRIu64 "}",
		    l->shown++ == 0 ? "[" : ",", b->name, busy, idle, starting, leaving, all, bad, mean,
		    (uint64_t)b->events[BOARD_CRASHED], (uint64_t)b->events[BOARD_OVERDUE]);
	else if (l->shown++ == 0)
		printf("%-12s %5s %5s %9s %8s %10s %7s %9s %8s %8s\n", "FUNCTION", "BUSY", "IDLE", "STARTING",
		    "LEAVING", "REQUESTS", "5XX", "MEAN/US", "CRASHED", "OVERDUE");
	if (!l->json)
		printf("%-12s %5u %5u %9u %8u %10" PRIu64 " %7" PRIu64 " %9" PRIu64 " %8" PRIu64 " %8" PRIu64 "\n",
		    b->name, busy, idle, starting, leaving, all, bad, mean, (uint64_t)b->events[BOARD_CRASHED],
		    (uint64_t)b->events[BOARD_OVERDUE]);
}

int
command_ls(int argc, char **argv)
{
	struct list l = { .json = argc == 1 && strcmp(argv[0], "--json") == 0 };

	if (argc > 1 || (argc == 1 && !l.json))
		return command_usage("ls takes --json and nothing else");
	int code = boards_look(show, &l);
	if (code == 0 && l.json)
		printf("%s]\n", l.shown == 0 ? "[" : "");
	return code;
}
