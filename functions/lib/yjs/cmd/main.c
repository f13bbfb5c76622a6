/*
 * main.c - yjs, for operators and tests.
 *
 * FILE holds updates, each behind a u32le length; with --raw it is one update.
 */
#include "cmd.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "yjs validate [--raw] FILE...            check; one line of reason for what is refused\n"
    "yjs apply [--raw] FILE [--order FILE] [--state OUT] [--sv OUT] [--text ROOT | --json ROOT]\n"
    "                                        apply all, one by one; show what comes out\n"
    "yjs merge [--raw] FILE... OUT           join all updates of all files, as Y.mergeUpdates\n"
    "yjs diff UPDATE SV OUT                  what a peer with that state vector lacks\n"
    "yjs sv UPDATE OUT                       the state vector of an update\n"
    "yjs show UPDATE                         a line for each struct and delete\n"
    "yjs bench FILE                          how long all that takes, as JSON\n"
    "yjs talk                                answers lines on stdin; see cmd/talk.c\n";

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} verbs[] = {
	{ "validate", cmd_validate },
	{ "merge", cmd_merge },
	{ "diff", cmd_diff },
	{ "sv", cmd_sv },
	{ "show", cmd_show },
	{ "apply", cmd_apply },
	{ "bench", cmd_bench },
	{ "talk", cmd_talk },
};

int
main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 2, argv + 2);
	}
	fputs(usage, stderr);
	return 2;
}
