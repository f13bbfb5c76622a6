/*
 * trace.h - the trace that work belongs to (W3C Trace Context): one name for all that one request set going.
 *
 * A trace's name is 32 lower-case hexadecimal digits. The gateway takes it from the client or makes it; functions
 * get it in a `traceparent` (version-trace-span-flags); rows whose work others do later keep the name alone; every
 * log line has it as "trace".
 */
#ifndef BASE_TRACE_H
#define BASE_TRACE_H

#include "id.h"

#include <stdbool.h>

#define TRACE_LEN HEX_ID_LEN

/* The trace's name in a traceparent. False, and `out` is untouched, where that is NULL or not a valid one. */
bool trace_of(const char *traceparent, char out[TRACE_LEN + 1]);

/* A trace of its own. */
void trace_new(char out[TRACE_LEN + 1]);

#endif
