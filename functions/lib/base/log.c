/*
 * log.c - see log.h.
 */
#include "log.h"

#include "clock.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096

static const char *const level_names[] = { "debug", "info", "warn", "error" };
static const char *service_name = "viva";
static enum log_level least = LOG_INFO;
static _Thread_local char current_request[64], current_trace[64];

void
log_init(const char *service)
{
	const char *level = getenv("VIVA_LOG");

	service_name = service;
	for (size_t i = 0; level != NULL && i < sizeof(level_names) / sizeof(*level_names); i++)
		if (strcmp(level, level_names[i]) == 0)
			least = (enum log_level)i;
}

void
log_request(const char *request_id, const char *trace)
{
	snprintf(current_request, sizeof(current_request), "%s", request_id != NULL ? request_id : "");
	snprintf(current_trace, sizeof(current_trace), "%s", trace != NULL ? trace : "");
}

/* Appends s as the inside of a JSON string; stops, whole, where the line is full. */
static size_t
escape(char *to, size_t room, const char *s)
{
	size_t n = 0;

	for (; *s != '\0' && n + 6 < room; s++) {
		unsigned char c = (unsigned char)*s;
		if (c == '"' || c == '\\')
			n += (size_t)snprintf(to + n, room - n, "\\%c", c);
		else if (c < 0x20)
			n += (size_t)snprintf(to + n, room - n, "\\u%04x", c);
		else
			to[n++] = (char)c;
	}
	return n;
}

/* ,"name":"value"; nothing where there is none. */
static size_t
member(char *to, size_t room, const char *name, const char *value)
{
	if (*value == '\0')
		return 0;
	size_t n = (size_t)snprintf(to, room, ",\"%s\":\"", name);
	n += escape(to + n, room - n, value);
	to[n++] = '"';
	return n;
}

void
log_msg(enum log_level level, const char *fmt, ...)
{
	char text[LINE_MAX_BYTES / 2], line[LINE_MAX_BYTES], at[32];
	va_list ap;

	if (level < least)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	clock_iso(clock_wall_ms(), at);
	size_t n = (size_t)snprintf(line, sizeof(line), "{\"ts\":\"%s\",\"level\":\"%s\",\"service\":\"%.60s\"",
	    at, level_names[level], service_name);
	n += member(line + n, sizeof(line) - n, "request", current_request);
	n += member(line + n, sizeof(line) - n, "trace", current_trace);
	n += (size_t)snprintf(line + n, sizeof(line) - n, ",\"msg\":\"");
	n += escape(line + n, sizeof(line) - n - 4, text);
	memcpy(line + n, "\"}\n", 3);
	if (write(STDERR_FILENO, line, n + 3) < 0)
		return;	/* nobody left to tell */
}
