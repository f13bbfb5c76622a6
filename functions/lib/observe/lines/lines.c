/*
 * lines - what a service writes becomes lines of our log: JSON objects stay as they are, anything else becomes one.
 *
 *	lines SERVICE COMMAND...
 *
 * Reads standard input and becomes COMMAND, which gets the lines as its own input. The reading is done by a child,
 * so that a supervisor has COMMAND itself in its hand; when either of the two is gone, the other ends, too.
 *
 * nginx, Redis, PostgreSQL, coturn and container engines have formats of their own, and what is killed or asserts
 * writes none: the text becomes "msg", its level is read from the words that these use. Services of ours write
 * whole lines (base/log.h), which pass as they are. What they say is not checked: who has a function in their hands can
 * say anything in the log, but not to the terminal of who reads it.
 */
#include "log.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define LINE_MOST 8000	/* what follows is dropped */

/* What different services call what is an error or a warning. */
static const struct { enum log_level level; const char *word; } words[] = {
	{ LOG_ERROR, "[emerg]" }, { LOG_ERROR, "[alert]" }, { LOG_ERROR, "[crit]" }, { LOG_ERROR, "[error]" },
	{ LOG_ERROR, "ERROR:" }, { LOG_ERROR, "FATAL:" }, { LOG_ERROR, "PANIC:" },
	{ LOG_ERROR, "level=error" }, { LOG_ERROR, "level=fatal" },
	{ LOG_WARN, "[warn]" }, { LOG_WARN, "WARNING" }, { LOG_WARN, "level=warning" },
};

static enum log_level
level_of(const char *line)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strstr(line, words[i].word) != NULL)
			return words[i].level;
	return LOG_INFO;
}

static void
put(const char *line, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDERR_FILENO, line, len);
		if (n < 0 && errno != EINTR)
			_exit(0);	/* nobody left to tell */
		line += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
}

/* A JSON object, as base/log.h and nginx write them: with nothing in it that a terminal would obey. */
static bool
is_object(const char *line, size_t len)
{
	if (len < 3 || line[0] != '{' || line[1] != '"' || line[len - 1] != '}')
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			return false;
	return true;
}

/* A line without its end; `line[len]` is ours to write. */
static void
tell(char *line, size_t len, bool cut)
{
	if (!cut && is_object(line, len)) {
		line[len] = '\n';
		put(line, len + 1);
	} else if (len > 0) {
		line[len] = '\0';
		log_msg(level_of(line), "%s", line);
	}
}

static void
copy(void)
{
	static char line[LINE_MOST + 1], in[65536];
	size_t len = 0;
	bool cut = false;
	ssize_t n;

	while ((n = read(STDIN_FILENO, in, sizeof(in))) > 0 || (n < 0 && errno == EINTR))
		for (ssize_t i = 0; i < n; i++) {
			if (in[i] == '\n') {
				tell(line, len, cut);
				len = 0;
				cut = false;
			} else if (len == LINE_MOST)
				cut = true;
			else
				line[len++] = in[i];
		}
	tell(line, len, cut);
}

int
main(int argc, char **argv)
{
	int ends[2];

	if (argc < 3) {
		fprintf(stderr, "usage: lines SERVICE COMMAND...\n");
		return EX_USAGE;
	}
	if (pipe(ends) < 0)
		return EX_OSERR;
	pid_t child = fork();
	if (child < 0)
		return EX_OSERR;
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		log_init(argv[1]);
		copy();
		_exit(0);
	}
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	close(ends[1]);
	execvp(argv[2], argv + 2);
	fprintf(stderr, "lines: %s: %s\n", argv[2], strerror(errno));
	return EX_UNAVAILABLE;
}
