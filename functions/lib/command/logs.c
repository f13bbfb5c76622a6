/*
 * logs.c - fn logs: what functions wrote, and fnd about them.
 *
 * All of them write to fnd's log, lines of JSON in log/fnd beside $VIVA_RUN: `current`, and older files @<time>, which
 * s6-log makes of it. Who follows goes on with the next `current` when the one in hand is none any more.
 */
#include "command.h"

#include "buf.h"
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define LOOK_MS 200	/* for what came meanwhile */

struct logs {
	char folder[512];
	char service[64];	/* "service":"NAME" as a line has it; "" for all */
	char about[64];		/* how what fnd says of it begins */
	struct buf part;	/* of a line whose end has not been written yet */
	bool any;		/* was wanted */
};

/* A " inside a text is \", so this stands nowhere else. Of what fnd says, the function's name is the first word. */
static bool
is_wanted(const struct logs *l, const char *line)
{
	if (l->service[0] == '\0' || strstr(line, l->service) != NULL)
		return true;
	const char *at = strstr(line, l->about);
	if (at == NULL || strstr(line, "\"service\":\"fnd\"") == NULL)
		return false;
	return strspn(at + strlen(l->about), LETTERS) == 0;
}

static void
print_lines(struct logs *l)
{
	char *from = (char *)l->part.data, *all = from;

	for (char *end; (end = memchr(from, '\n', l->part.len - (size_t)(from - all))) != NULL; from = end + 1) {
		*end = '\0';
		if (is_wanted(l, from)) {
			puts(from);
			l->any = true;
		}
	}
	l->part.len -= (size_t)(from - all);
	memmove(all, from, l->part.len);
}

/* What there is to read. */
static void
copy(struct logs *l, int fd)
{
	for (ssize_t n; (n = read(fd, buf_reserve(&l->part, 65536), 65536)) > 0;) {
		l->part.len += (size_t)n;
		print_lines(l);
	}
}

static int
open_current(const struct logs *l)
{
	char path[600];

	snprintf(path, sizeof(path), "%s/current", l->folder);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* Their names tell their time, so they come in its order. */
static void
copy_older(struct logs *l)
{
	char pattern[600];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/@*", l->folder);
	if (glob(pattern, 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		int fd = open(found.gl_pathv[i], O_RDONLY | O_CLOEXEC);
		copy(l, fd);
		l->part.len = 0;
		close(fd);
	}
	globfree(&found);
}

static bool
is_current(const struct logs *l, int fd)
{
	struct stat ours, theirs;
	char path[600];

	snprintf(path, sizeof(path), "%s/current", l->folder);
	return stat(path, &theirs) < 0 || fstat(fd, &ours) < 0 || ours.st_ino == theirs.st_ino;
}

/* Until it is ended, or nobody reads what we print. */
static int
follow(struct logs *l, int fd)
{
	while (fd >= 0 && fflush(stdout) == 0) {
		poll(NULL, 0, LOOK_MS);
		bool current = is_current(l, fd);
		copy(l, fd);	/* after that look: nothing is written to it any more */
		if (!current) {
			close(fd);
			l->part.len = 0;
			fd = open_current(l);
		}
	}
	return EX_IOERR;
}

static int
show(struct logs *l, bool following)
{
	int code = 0, fd = open_current(l);

	if (fd < 0) {
		code = errno == EACCES ? EX_NOPERM : EX_UNAVAILABLE;
		fprintf(stderr, "fn: %s/current: %s; VIVA_RUN=<state>/run says of which stack\n", l->folder,
		    strerror(errno));
		return code;
	}
	if (!following)
		copy_older(l);
	copy(l, fd);
	if (following)
		code = follow(l, fd);
	else
		close(fd);
	if (!following && !l->any)
		fputs("fn: the log has nothing of it; fn ls tells who is served here\n", stderr);
	buf_free(&l->part);
	return code;
}

int
command_logs(int argc, char **argv)
{
	struct logs l = { 0 };
	const char *name = NULL;
	bool following = false;

	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "-f") == 0)
			following = true;
		else if (name == NULL && argv[i][strspn(argv[i], LETTERS)] == '\0')
			name = argv[i];
		else
			return command_usage("logs takes one function's name, or none, and -f");
	snprintf(l.folder, sizeof(l.folder), "%s/../log/fnd", config_str("VIVA_RUN", "/run/viva/state/run"));
	if (name != NULL) {
		snprintf(l.service, sizeof(l.service), "\"service\":\"%.40s\"", name);
		snprintf(l.about, sizeof(l.about), "\"msg\":\"%.40s", name);
	}
	return show(&l, following);
}
