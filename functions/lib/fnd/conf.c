/*
 * conf.c - see conf.h.
 */
#include "conf.h"

#include "config.h"
#include "log.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define WORKERS_MAX 100		/* old and new ones together, at a reload, have places on the scoreboard */

static const struct key {
	const char *name;
	size_t at;
	long least, most, otherwise;
} keys[] = {
	{ "min", offsetof(struct board_limits, min), 0, WORKERS_MAX, 0 },
	{ "max", offsetof(struct board_limits, max), 1, WORKERS_MAX, 8 },
	{ "deadline", offsetof(struct board_limits, deadline), 1, 3600, 30 },
	{ "memory", offsetof(struct board_limits, memory), 0, 1 << 20, 512 },
	{ "requests", offsetof(struct board_limits, requests), 0, 1000000000, 0 },
	{ "idle", offsetof(struct board_limits, idle), 1, 86400, 60 },
	{ "live", offsetof(struct board_limits, live), 0, 1, 0 },
	{ "reach_realtime", offsetof(struct board_limits, reach_realtime), 0, 1, 0 },
	{ "reach_signals", offsetof(struct board_limits, reach_signals), 0, 1, 0 },
};
#define KEYS (sizeof(keys) / sizeof(*keys))

static void
set(struct board_limits *out, const struct key *key, long value)
{
	*(uint32_t *)((char *)out + key->at) = (uint32_t)value;
}

static const struct key *
find(const char *name)
{
	for (size_t i = 0; i < KEYS; i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

/* NULL, or what is wrong with the line; *seen has a bit for each key that was there. */
static const char *
read_line(char *line, struct board_limits *out, unsigned *seen)
{
	static char why[120];
	char name[32], more[2];
	long value;

	line[strcspn(line, "#\n")] = '\0';
	int words = sscanf(line, "%31s %ld %1s", name, &value, more);
	if (words <= 0)
		return NULL;
	const struct key *key = find(name);
	if (key == NULL)
		return "there is no such key (functions/README.md has them all)";
	if (*seen & 1u << (key - keys))
		return "the key was there before";
	*seen |= 1u << (key - keys);
	if (words == 2 && value >= key->least && value <= key->most) {
		set(out, key, value);
		return NULL;
	}
	snprintf(why, sizeof(why), "%s must be a whole number from %ld to %ld", name, key->least, key->most);
	return why;
}

static void
set_defaults(struct board_limits *out)
{
	for (size_t i = 0; i < KEYS; i++)
		set(out, &keys[i], keys[i].otherwise);
	out->max = (uint32_t)config_int("VIVA_WORKERS", out->max, 1, WORKERS_MAX);
}

/* NULL, or what is wrong with the line that *n is then. */
static const char *
read_lines(FILE *f, struct board_limits *out, int *n)
{
	char line[256];
	const char *wrong = NULL;
	unsigned seen = 0;

	while (wrong == NULL && fgets(line, sizeof(line), f) != NULL) {
		++*n;
		wrong = read_line(line, out, &seen);
	}
	return wrong == NULL && out->min > out->max ? "min is more than max" : wrong;
}

void
conf_read(const char *program, struct board_limits *out)
{
	char path[1100];
	struct board_limits limits;
	int n = 0;

	set_defaults(&limits);
	snprintf(path, sizeof(path), "%.1000s.conf", program);
	FILE *f = fopen(path, "re");
	const char *wrong = f != NULL ? read_lines(f, &limits, &n) : errno != ENOENT ? strerror(errno) : NULL;
	if (f != NULL)
		fclose(f);
	if (wrong == NULL)
		*out = limits;
	else
		log_error("%s:%d: %s", path, n, wrong);
	if (wrong != NULL && out->max == 0)
		set_defaults(out);
}
