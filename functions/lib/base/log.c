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
static char current_request[64];

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
log_request(const char *request_id)
{
	snprintf(current_request, sizeof(current_request), "%s", request_id != NULL ? request_id : "");
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
	size_t n = (size_t)snprintf(line, sizeof(line), "{\"t\":\"%s\",\"level\":\"%s\",\"service\":\"%.60s\"",
	    at, level_names[level], service_name);
	if (current_request[0] != '\0') {
		n += (size_t)snprintf(line + n, sizeof(line) - n, ",\"request\":\"");
		n += escape(line + n, sizeof(line) - n, current_request);
		line[n++] = '"';
	}
	n += (size_t)snprintf(line + n, sizeof(line) - n, ",\"msg\":\"");
	n += escape(line + n, sizeof(line) - n - 4, text);
	memcpy(line + n, "\"}\n", 3);
	if (write(STDERR_FILENO, line, n + 3) < 0)
		return;	/* nobody left to tell */
}
