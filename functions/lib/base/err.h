/*
 * err.h - how a failure is told.
 *
 * Whoever notices a failure first sets it, once, and returns -1; everybody above returns -1
 * unchanged. A library says what kind of failure it was; only the edge (runtime/problem.c for a
 * request, runner/daemon for a job) decides what follows. Results are untouched on failure.
 * The text lives in fixed buffers, so reporting an error cannot fail.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err_kind {
	ERR_NONE,
	ERR_INVALID,		/* the request is not valid; field says where */
	ERR_UNAUTHENTICATED,	/* nobody is signed in, or no longer */
	ERR_DENIED,		/* signed in, but not allowed */
	ERR_NOT_FOUND,		/* no such thing, or none that this caller may know of */
	ERR_CONFLICT,		/* does not fit the present state of the thing */
	ERR_GONE,		/* was there once: an ended room, a used invite */
	ERR_TOO_LARGE,		/* more bytes than we take */
	ERR_TYPE,		/* a body of a kind that is not taken here */
	ERR_LIMIT,		/* too much at once; retry_after says when */
	ERR_BUSY,		/* a service we need is away; worth another try */
	ERR_INTERNAL,		/* our mistake */
};

struct err {
	enum err_kind kind;
	int retry_after;	/* seconds; 0 when not known */
	char detail[256];	/* for a person; a 5xx shows it to the log only */
	char field[128];	/* JSON pointer into the body, or the parameter's name; "" if none */
};

/* Sets *e and returns -1, always. The first failure told stays: a later one does not replace it. */
int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for ERR_INVALID with the offending field, e.g. "/files/0/path" or "after". */
int err_field(struct err *e, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* ERR_LIMIT with the seconds to wait. */
int err_limit(struct err *e, int retry_after, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

void err_clear(struct err *e);

#endif
