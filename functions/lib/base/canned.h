/*
 * canned.h - a whole FastCGI answer that is a problem (RFC 9457), for those who answer in a function's stead: fnd
 * while a function cannot run, a signal handler when a request's time is up.
 */
#ifndef BASE_CANNED_H
#define BASE_CANNED_H

#include <stddef.h>

#define CANNED_MAX 768

struct canned {
	int status;
	const char *type, *title;
	const char *retry;	/* Retry-After in seconds, or NULL */
	const char *request;	/* id; NULL or "" where it is not known */
	unsigned id;		/* of the FastCGI request; nginx' is 1 */
};

/* Writes it, safe in a signal handler. Returns the length; what is too long is cut, never overrun. */
size_t canned_answer(char to[CANNED_MAX], const struct canned *what);

#endif
