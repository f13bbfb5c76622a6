/*
 * ls.c - fn ls: what the scoreboards say, since they began; of one function, by operation.
 */
#include "command.h"

#include "boards.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

struct list {
	bool json;
	const char *of;		/* the function whose operations are wanted; NULL: functions are */
	unsigned shown;
};

static uint64_t
mean_us(const struct board_operation *o)
{
	uint64_t all = board_answers(o, 1, 5);

	return all > 0 ? o->took.total_us / all : 0;
}

static void
show(const char *name, const struct board *b, struct list *l)
{
	unsigned busy = board_workers(b, SLOT_BUSY), idle = board_workers(b, SLOT_IDLE);
	unsigned starting = board_workers(b, SLOT_STARTING), leaving = board_workers(b, SLOT_LEAVING);
	struct board_operation sum;

	board_sum(b, &sum);
	uint64_t all = board_answers(&sum, 1, 5), bad = board_answers(&sum, 5, 5), mean = mean_us(&sum);
	if (l->json)
		printf("%s{\"name\":\"%s\",\"busy\":%u,\"idle\":%u,\"starting\":%u,\"leaving\":%u,\"requests\":%" PRIu64
		    ",\"errors\":%" PRIu64 ",\"mean_us\":%" PRIu64 ",\"crashed\":%" PRIu64 ",\"overdue\":%" PRIu64 "}",
		    l->shown++ == 0 ? "[" : ",", name, busy, idle, starting, leaving, all, bad, mean,
		    (uint64_t)b->events[BOARD_CRASHED], (uint64_t)b->events[BOARD_OVERDUE]);
	else if (l->shown++ == 0)
		printf("%-12s %5s %5s %9s %8s %10s %7s %9s %8s %8s\n", "FUNCTION", "BUSY", "IDLE", "STARTING",
		    "LEAVING", "REQUESTS", "5XX", "MEAN/US", "CRASHED", "OVERDUE");
	if (!l->json)
		printf("%-12s %5u %5u %9u %8u %10" PRIu64 " %7" PRIu64 " %9" PRIu64 " %8" PRIu64 " %8" PRIu64 "\n",
		    name, busy, idle, starting, leaving, all, bad, mean, (uint64_t)b->events[BOARD_CRASHED],
		    (uint64_t)b->events[BOARD_OVERDUE]);
}

static void
show_operation(const struct board *b, unsigned place, struct list *l)
{
	const struct board_operation *o = &b->operations[place];
	uint64_t all = board_answers(o, 1, 5), refused = board_answers(o, 4, 4), bad = board_answers(o, 5, 5);
	char name[BOARD_NAME];

	board_name(b, place, name);
	if (l->json)
		printf("%s{\"operation\":\"%s\",\"requests\":%" PRIu64 ",\"refused\":%" PRIu64 ",\"errors\":%" PRIu64
		    ",\"mean_us\":%" PRIu64 "}", l->shown++ == 0 ? "[" : ",", name, all, refused, bad, mean_us(o));
	else if (l->shown++ == 0)
		printf("%-28s %10s %7s %7s %9s\n", "OPERATION", "REQUESTS", "4XX", "5XX", "MEAN/US");
	if (!l->json)
		printf("%-28s %10" PRIu64 " %7" PRIu64 " %7" PRIu64 " %9" PRIu64 "\n", name, all, refused, bad,
		    mean_us(o));
}

static void
look(const char *name, const struct board *b, void *of)
{
	struct list *l = of;

	if (l->of == NULL)
		show(name, b, l);
	else if (strcmp(l->of, name) == 0)
		for (unsigned place = 0; place < board_operations(b); place++)
			show_operation(b, place, l);
}

int
command_ls(int argc, char **argv)
{
	struct list l = { .json = argc > 0 && strcmp(argv[argc - 1], "--json") == 0 };

	argc -= l.json;
	if (argc > 1 || (argc == 1 && argv[0][0] == '-'))
		return command_usage("ls takes a function's name and --json, and nothing else");
	l.of = argc == 1 ? argv[0] : NULL;
	int code = boards_look(look, &l);
	if (code == 0 && l.of != NULL && l.shown == 0) {
		fprintf(stderr, "fn: %s is not served here\n", l.of);
		return EX_UNAVAILABLE;
	}
	if (code == 0 && l.json)
		printf("%s]\n", l.shown == 0 ? "[" : "");
	return code;
}
