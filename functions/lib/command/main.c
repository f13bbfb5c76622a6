/*
 * fn - makes functions, looks at them and calls them, without the gateway: for learning, for tests, for operators.
 *
 * Sockets and scoreboards are in $VIVA_RUN/fn, where fnd has them; it needs the rights to use them (root). Who does
 * not say which stack means the one they are in (its mount namespace), or else the one of this tree. A function that
 * is not served is started for one request.
 */
#include "command.h"

#include "config.h"
#include "manager.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static const char ends[] =
    "Exit codes: 0, 1 the function answered an error, 64 wrong usage, 65 or 66 the tree is not as expected,\n"
    "69 nobody could be asked, 73 what is there already is not made again, 77 the rights are missing.\n"
    "Which stack: $VIVA_RUN (its folder run), else $VIVA_STATE/run, else .viva/run of this tree.\n";

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{ "new", command_new,
	    "fn new NAME\n"
	    "    a function that builds and is tested, for you to change, in the tree that is the current\n"
	    "    directory\n" },
	{ "ls", command_ls,
	    "fn ls [NAME] [--json]\n"
	    "    the functions that are served here, and their workers; of one, what each operation answered\n" },
	{ "top", command_top,
	    "fn top [-n COUNT] [--json]\n"
	    "    what they do, each second anew: workers, requests a second, how long half and 99 of 100 of these\n"
	    "    took at most, answers 5xx. COUNT times, or until it is ended\n" },
	{ "logs", command_logs,
	    "fn logs [NAME] [-f]\n"
	    "    what the function wrote, and fnd about it (or all did); with -f the newest file and what comes,\n"
	    "    until it is ended\n" },
	{ "invoke", command_invoke,
	    "fn invoke NAME METHOD PATH [--data TEXT | @FILE | -] [--type TYPE]\n"
	    "    one request to one function: its body, and before it, on stderr, its status and headers. Data are\n"
	    "    JSON where TYPE says nothing else; - is standard input. Where the function is not served, its\n"
	    "    program is started for it. An access token is taken from $VIVA_TOKEN\n" },
	{ "reload", command_reload,
	    "fn reload\n"
	    "    fnd replaces every worker by one of the program as it is now; no request is lost. What was built\n"
	    "    anew is replaced anyway\n" },
};
#define COMMANDS (sizeof(commands) / sizeof(*commands))

static const struct command *asked;	/* NULL: none that there is */

static void
help(FILE *to, const struct command *of)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (of == NULL || of == &commands[i])
			fputs(commands[i].help, to);
	if (of == NULL)
		fprintf(to, "\n%s", ends);
}

int
command_usage(const char *why)
{
	fprintf(stderr, "fn: %s\n", why);
	help(stderr, asked);
	if (asked != NULL)
		fputs("fn --help tells the rest\n", stderr);
	return EX_USAGE;
}

static const struct command *
find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(name, commands[i].name) == 0)
			return &commands[i];
	return NULL;
}

static bool
is_help(const char *word)
{
	return strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* Sets VIVA_RUN where nobody has. */
static void
choose_stack(void)
{
	const char *state = config_str("VIVA_STATE", NULL), *programs = manager_programs();
	char run[1200];

	if (config_str("VIVA_RUN", NULL) != NULL || access("/run/viva/state/run", F_OK) == 0)
		return;
	if (state != NULL)
		snprintf(run, sizeof(run), "%s/run", state);
	else
		snprintf(run, sizeof(run), "%s/../../.viva/run", programs);
	setenv("VIVA_RUN", run, 1);
}

int
main(int argc, char **argv)
{
	if (argc < 2)
		return command_usage("what shall be done?");
	asked = find(argv[1]);
	if (is_help(argv[1]) || (argc > 2 && is_help(argv[2]))) {
		help(stdout, asked != NULL || argc < 3 ? asked : find(argv[2]));
		return 0;
	}
	if (asked == NULL)
		return command_usage("there is no such command");
	choose_stack();
	return asked->run(argc - 2, argv + 2);
}
