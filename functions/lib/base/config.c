/*
 * config.c - see config.h.
 */
#include "config.h"

#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECRET_MAX 65536

const char *
config_str(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : otherwise;
}

int64_t
config_int(const char *name, int64_t otherwise, int64_t min, int64_t max)
{
	const char *value = config_str(name, NULL);
	char *end;

	if (value == NULL)
		return otherwise;
	errno = 0;
	int64_t n = strtoll(value, &end, 10);
	if (errno != 0 || *end != '\0' || n < min || n > max) {
		log_error("%s=%s: a whole number from %lld to %lld is wanted", name, value, (long long)min,
		    (long long)max);
		exit(78);	/* EX_CONFIG of sysexits.h */
	}
	return n;
}

int
config_secret(struct arena *a, struct err *e, const char *name, const char **out)
{
	const char *dir = config_str("VIVA_SECRETS", NULL);

	if (dir == NULL)
		return err_set(e, ERR_INTERNAL, "VIVA_SECRETS is not set");
	FILE *f = fopen(arena_printf(a, "%s/%s", dir, name), "re");
	if (f == NULL)
		return err_set(e, ERR_INTERNAL, "secret %s: %s", name, strerror(errno));
	char *text = arena_alloc(a, SECRET_MAX + 1);
	size_t len = fread(text, 1, SECRET_MAX + 1, f);
	int failed = ferror(f);
	fclose(f);
	if (failed)
		return err_set(e, ERR_INTERNAL, "secret %s: cannot be read", name);
	if (len > SECRET_MAX)
		return err_set(e, ERR_INTERNAL, "secret %s has more than %d bytes", name, SECRET_MAX);
	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		len--;
	text[len] = '\0';
	*out = text;
	return 0;
}
