/*
 * err.c - see err.h.
 */
#include "err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int
set(struct err *e, enum err_kind kind, const char *fmt, va_list ap)
{
	if (e->kind != ERR_NONE)
		return -1;
	e->kind = kind;
	vsnprintf(e->detail, sizeof(e->detail), fmt, ap);
	return -1;
}

int
err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(e, kind, fmt, ap);
	va_end(ap);
	return -1;
}

int
err_field(struct err *e, const char *field, const char *fmt, ...)
{
	va_list ap;

	if (e->kind == ERR_NONE)
		snprintf(e->field, sizeof(e->field), "%s", field);
	va_start(ap, fmt);
	set(e, ERR_INVALID, fmt, ap);
	va_end(ap);
	return -1;
}

int
err_limit(struct err *e, int retry_after, const char *fmt, ...)
{
	va_list ap;

	if (e->kind == ERR_NONE)
		e->retry_after = retry_after;
	va_start(ap, fmt);
	set(e, ERR_LIMIT, fmt, ap);
	va_end(ap);
	return -1;
}

void
err_clear(struct err *e)
{
	memset(e, 0, sizeof(*e));
}
