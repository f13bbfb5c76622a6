/*
 * log.c - see log.h.
 */
#include "log.h"

#include "clock.h"
#include "utf8_next.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096	/* at most PIPE_BUF: what is written at once stays together */
#define HELD_MS 10

static const char *const level_names[] = { "debug", "info", "warn", "error" };
static const char *service_name = "viva";
static enum log_level least = LOG_INFO;
static _Thread_local char current_request[64], current_trace[64];

/* What was said and not written yet. */
static struct {
	bool gathers;
	size_t len;
	int64_t since;	/* when the first of it was said, ms */
	char text[LINE_MAX_BYTES];
} held;

void
log_init(const char *service)
{
	const char *level = getenv("VIVA_LOG");

	tzset();	/* or gmtime_r(3) reads the machine's time zone in the middle of a first request */
	service_name = service;
	for (size_t i = 0; level != NULL && i < sizeof(level_names) / sizeof(*level_names); i++)
		if (strcmp(level, level_names[i]) == 0)
			least = (enum log_level)i;
}

static void
remember(char *to, size_t size, const char *text)
{
	size_t n = text != NULL ? strnlen(text, size - 1) : 0;

	memcpy(to, text != NULL ? text : "", n);
	to[n] = '\0';
}

void
log_request(const char *request_id, const char *trace)
{
	remember(current_request, sizeof(current_request), request_id);
	remember(current_trace, sizeof(current_trace), trace);
}

/* A line on its way. What does not fit is left out, whole; `end` leaves room for the line's own end. */
struct line {
	char *at, *end;
	char text[LINE_MAX_BYTES];
};

static void
add(struct line *l, const char *text, size_t n)
{
	if (n > (size_t)(l->end - l->at))
		return;
	memcpy(l->at, text, n);
	l->at += n;
}

/* A letter beyond ASCII, or what is none: how many bytes of s were used up. */
static size_t
add_letter(struct line *l, const char *s)
{
	const char *next = s;
	bool bad = utf8_next(&next, s + strnlen(s, 4)) == UTF8_BAD;
	size_t len = (size_t)(next - s);

	add(l, bad ? "\\ufffd" : s, bad ? 6 : len);
	return len;
}

static bool
is_plain(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x7f && c != '"' && c != '\\';
}

/* What is not as it is: how many bytes of s were used up. */
static size_t
add_escaped(struct line *l, const char *s)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char c = (unsigned char)*s;

	if (c >= 0x80)
		return add_letter(l, s);
	if (c < 0x20 || c == 0x7f)
		add(l, (char[]){ '\\', 'u', '0', '0', digits[c >> 4], digits[c & 15] }, 6);
	else
		add(l, (char[]){ '\\', (char)c }, 2);
	return 1;
}

/* Appends s as the inside of a JSON string, what is plain in runs; stops, whole, where the line is full. */
static void
escape(struct line *l, const char *s)
{
	while (*s != '\0' && l->end - l->at > 6) {
		size_t n = 0, room = (size_t)(l->end - l->at);
		while (n < room && is_plain(s[n]))
			n++;
		add(l, s, n);
		s += n;
		if (n < room - 6 && *s != '\0')
			s += add_escaped(l, s);
	}
}

/* `before`, which opens a JSON string, and the string; nothing where there is none. */
static void
member(struct line *l, const char *before, const char *value)
{
	if (*value == '\0')
		return;
	add(l, before, strlen(before));
	escape(l, value);
	add(l, "\"", 1);
}

static void
write_all(const char *text, size_t n)
{
	if (write(STDERR_FILENO, text, n) < 0)
		return;	/* nobody left to tell */
}

void
log_gather(void)
{
	held.gathers = true;
}

void
log_flush(void)
{
	if (held.len > 0)
		write_all(held.text, held.len);
	held.len = 0;
}

int
log_wait(void)
{
	return held.len > 0 ? HELD_MS : -1;
}

static void
hold(enum log_level level, int64_t now, const char *line, size_t n)
{
	if (held.len + n > sizeof(held.text))
		log_flush();
	if (held.len == 0)
		held.since = now;
	memcpy(held.text + held.len, line, n);
	held.len += n;
	if (level >= LOG_WARN || now - held.since >= HELD_MS)
		log_flush();
}

void
log_msg(enum log_level level, const char *fmt, ...)
{
	char text[LINE_MAX_BYTES / 2], at[32];
	struct line l;
	va_list ap;

	if (level < least)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	int64_t now = clock_wall_ms();
	clock_iso(now, at);
	l.at = l.text;
	l.end = l.text + sizeof(l.text) - 4;
	member(&l, "{\"ts\":\"", at);
	member(&l, ",\"level\":\"", level_names[level]);
	member(&l, ",\"service\":\"", service_name);
	member(&l, ",\"request\":\"", current_request);
	member(&l, ",\"trace\":\"", current_trace);
	add(&l, ",\"msg\":\"", 8);
	escape(&l, text);
	memcpy(l.at, "\"}\n", 3);
	size_t n = (size_t)(l.at + 3 - l.text);
	if (held.gathers)
		hold(level, now, l.text, n);
	else
		write_all(l.text, n);
}
