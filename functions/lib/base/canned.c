/*
 * canned.c - see canned.h.
 */
#include "canned.h"

#include <string.h>

enum { STDOUT = 6, END = 3, HEAD = 8 };

static char *
add(char *at, const char *text)
{
	size_t len = strnlen(text, 120);

	memcpy(at, text, len);
	return at + len;
}

static char *
add_number(char *at, int n)
{
	*at++ = (char)('0' + n / 100 % 10);
	*at++ = (char)('0' + n / 10 % 10);
	*at++ = (char)('0' + n % 10);
	return at;
}

static char *
add_head(char *at, int type, unsigned id, size_t len)
{
	const unsigned char head[HEAD] = { 1, (unsigned char)type, (unsigned char)(id >> 8), (unsigned char)id,
		(unsigned char)(len >> 8), (unsigned char)len };

	memcpy(at, head, HEAD);
	return at + HEAD;
}

static char *
add_problem(char *at, const struct canned *what)
{
	const char *request = what->request != NULL ? what->request : "";

	at = add_number(add(at, "Status: "), what->status);
	if (what->retry != NULL)
		at = add(add(at, "\r\nRetry-After: "), what->retry);
	if (*request != '\0')
		at = add(add(at, "\r\nX-Request-Id: "), request);
	at = add(at, "\r\nContent-Type: application/problem+json\r\n\r\n{\"type\":\"");
	at = add(add(add(add(at, what->type), "\",\"title\":\""), what->title), "\",\"status\":");
	at = add_number(at, what->status);
	if (*request != '\0')
		at = add(add(add(at, ",\"request\":\""), request), "\"");
	return add(at, "}");
}

size_t
canned_answer(char to[CANNED_MAX], const struct canned *what)
{
	char *end = add_problem(to + HEAD, what);

	add_head(to, STDOUT, what->id, (size_t)(end - to) - HEAD);
	end = add_head(end, END, what->id, 8);
	memset(end, 0, 8);
	return (size_t)(end + 8 - to);
}
