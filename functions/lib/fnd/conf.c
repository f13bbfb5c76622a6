/*
 * conf.c - see conf.h.
 */
#include "conf.h"

#include "config.h"
#include "log.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
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
	uint32_t number = (uint32_t)value;

	memcpy((char *)out + key->at, &number, sizeof(number));
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
	char name[32], number[32], more[2], *end;

	line[strcspn(line, "#\n")] = '\0';
	int words = sscanf(line, "%31s %31s %1s", name, number, more);
	if (words <= 0)
		return NULL;
	const struct key *key = find(name);
	if (key == NULL)
		return "there is no such key (functions/README.md has them all)";
	if (*seen & 1u << (key - keys))
		return "the key was there before";
	*seen |= 1u << (key - keys);
	long value = words == 2 ? strtol(number, &end, 10) : 0;
	if (words == 2 && *end == '\0' && value >= key->least && value <= key->most) {
		set(out, key, value);
		return NULL;
	}
	snprintf(why, sizeof(why), "%s must be a whole number from %ld to %ld", name, key->least, key->most);
	return why;
}

void
conf_defaults(struct board_limits *out)
{
	for (size_t i = 0; i < KEYS; i++)
		set(out, &keys[i], keys[i].otherwise);
	out->max = (uint32_t)config_int("VIVA_WORKERS", out->max, 1, WORKERS_MAX);
}

static int
read_file(FILE *f, const char *path, struct board_limits *out)
{
	char line[256];
	const char *wrong = NULL;
	unsigned seen = 0;
	int n = 0;

	while (wrong == NULL && fgets(line, sizeof(line), f) != NULL) {
		n++;
		wrong = read_line(line, out, &seen);
	}
	if (wrong == NULL && out->min > out->max)
		wrong = "min is more than max";
	if (wrong != NULL)
		log_error("%s:%d: %s", path, n, wrong);
	return wrong == NULL ? 0 : -1;
}

int
conf_read(const char *program, struct board_limits *out)
{
	char path[1100];
	struct board_limits limits;

	conf_defaults(&limits);
	snprintf(path, sizeof(path), "%.1000s.conf", program);
	FILE *f = fopen(path, "re");
	int result = f != NULL ? read_file(f, path, &limits) : errno == ENOENT ? 0 : -1;
	if (f != NULL)
		fclose(f);
	else if (result < 0)
		log_error("%s cannot be read: %s", path, strerror(errno));
	if (result == 0)
		*out = limits;
	return result;
}
