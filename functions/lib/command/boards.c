/*
 * boards.c - see boards.h.
 */
#include "boards.h"

#include "config.h"
#include "manager.h"

#include <errno.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static void
show(const char *path, void (*look)(const char *name, const struct board *b, void *of), void *of)
{
	const struct board *b = board_read(path);
	const char *file = strrchr(path, '/') + 1;
	char name[BOARD_NAME];

	if (b == NULL) {
		fprintf(stderr, "fn: %s: %s\n", path, strerror(errno));
		return;
	}
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(file, "."), file);
	look(name, b, of);
	board_free(b);
}

/* Once: who watches sees numbers that do not change. */
static void
tell_if_dead(void)
{
	static bool told;

	if (!told && manager_pid() == 0)
		fputs("fn: no fnd runs here: this is how the last one left it\n", stderr);
	told = true;
}

/* Who may not look into the folder finds nothing there, either. */
static int
nobody(const char *pattern)
{
	const char *run = config_str("VIVA_RUN", "/run/viva/state/run");
	bool closed = access(run, R_OK | X_OK) < 0 && errno == EACCES;

	if (closed)
		fprintf(stderr, "fn: %s: %s: be root, or who runs the stack\n", run, strerror(errno));
	else
		fprintf(stderr, "fn: no function is served here: there is no %s\n", pattern);
	return closed ? EX_NOPERM : EX_UNAVAILABLE;
}

int
boards_look(void (*look)(const char *name, const struct board *b, void *of), void *of)
{
	char pattern[512];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/fn/*.board", config_str("VIVA_RUN", "/run/viva/state/run"));
	if (glob(pattern, 0, NULL, &found) != 0)
		return nobody(pattern);
	for (size_t i = 0; i < found.gl_pathc; i++)
		show(found.gl_pathv[i], look, of);
	globfree(&found);
	tell_if_dead();
	return 0;
}
