/*
 * trace.c - see trace.h.
 *
 * 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01: two, 32, 16 and two digits. A later version may go on
 * after another "-"; version ff, and names of zeros only, stand for nothing.
 */
#include "trace.h"

#include <string.h>

#define SPAN_LEN 16

/* Exactly `len` digits, followed by something else. */
static bool
digits(const char *s, size_t len)
{
	return strspn(s, "0123456789abcdef") == len;
}

static bool
all_zeros(const char *s, size_t len)
{
	return strspn(s, "0") >= len;
}

bool
trace_of(const char *traceparent, char out[TRACE_LEN + 1])
{
	if (traceparent == NULL || !digits(traceparent, 2) || traceparent[2] != '-')
		return false;
	if (strncmp(traceparent, "ff", 2) == 0)
		return false;
	const char *trace = traceparent + 3;
	if (!digits(trace, TRACE_LEN) || all_zeros(trace, TRACE_LEN) || trace[TRACE_LEN] != '-')
		return false;
	const char *span = trace + TRACE_LEN + 1;
	if (!digits(span, SPAN_LEN) || all_zeros(span, SPAN_LEN) || span[SPAN_LEN] != '-')
		return false;
	const char *flags = span + SPAN_LEN + 1;
	if (!digits(flags, 2) || (flags[2] != '\0' && (flags[2] != '-' || strncmp(traceparent, "00", 2) == 0)))
		return false;
	memcpy(out, trace, TRACE_LEN);
	out[TRACE_LEN] = '\0';
	return true;
}

void
trace_new(char out[TRACE_LEN + 1])
{
	hex_id_new(out);
}
