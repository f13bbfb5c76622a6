/*
 * fn - makes functions, looks at them and calls them, without the gateway: for learning, for tests, for operators.
 *
 * Sockets and scoreboards are in $VIVA_RUN/fn, where fnd has them; it needs the rights to use them (root, inside the
 * mount namespace of a stack). A function that is not served is started for one request.
 */
#include "command.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static const char help[] =
    "fn new NAME                                  a function that builds and is tested, for you to change,\n"
    "                                             in the tree that is the current directory\n"
    "fn ls [NAME] [--json]                        the functions that are served here, and their workers; of one, what\n"
    "                                             each of its operations answered\n"
    "fn top [-n COUNT] [--json]                   what they do, each second anew: workers, requests a second,\n"
    "                                             how long half and 99 of 100 of these took at most, answers\n"
    "                                             5xx. COUNT times, or until it is ended\n"
    "fn logs [NAME] [-f]                          what the function wrote, and fnd about it (or all did); with -f the\n"
    "                                             newest file and what comes, until it is ended\n"
    "fn invoke NAME METHOD PATH [--data JSON]\n"
    "                                             one request to one function: its status, headers and body.\n"
    "                                             Where it is not served, its program is started for it.\n"
    "                                             An access token is taken from $VIVA_TOKEN\n"
    "fn reload                                    fnd replaces every worker by one of the program as it is now;\n"
    "                                             no request is lost. What was built anew is replaced anyway\n"
    "\n"
    "Exit codes: 0, 1 the function answered an error, 64 wrong usage, 65 or 66 the tree is not as expected,\n"
    "69 nobody could be asked, 73 what is there already is not made again,\n"
    "77 the rights are missing.\n";

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "new", command_new },
	{ "ls", command_ls },
	{ "top", command_top },
	{ "logs", command_logs },
	{ "invoke", command_invoke },
	{ "reload", command_reload },
};

int
command_usage(const char *why)
{
	fprintf(stderr, "fn: %s\n%s", why, help);
	return EX_USAGE;
}

int
main(int argc, char **argv)
{
	if (argc < 2)
		return command_usage("what shall be done?");
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[argc > 2 ? 2 : 1], "--help") == 0) {
		fputs(help, stdout);
		return 0;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 2, argv + 2);
	return command_usage("there is no such command");
}
