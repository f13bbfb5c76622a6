/*
 * capture.h - what a program prints in a test case: kept as bytes, to be compared, and the beginning of it to be read.
 */
#ifndef RUNNER_CAPTURE_H
#define RUNNER_CAPTURE_H

#include "api_types.h"
#include "arena.h"
#include "buf.h"

#include <stdbool.h>
#include <stdint.h>

#define CAPTURE_OUTPUT 16384	/* bytes that are shown of stdout */
#define CAPTURE_ERRORS 4096	/* and of stderr, of which no more is kept */

struct capture {
	int64_t limit, taken;	/* bytes of both streams */
	bool over;		/* it printed more than the limit */
	bool cut;		/* not all of stderr was kept */
	struct buf output, errors;
};

/* Forgets what it held. */
void capture_init(struct capture *c, int64_t limit);
void capture_free(struct capture *c);

/* Bytes from STREAM_STDOUT or STREAM_STDERR. */
void capture_add(struct capture *c, enum stream stream, const void *data, size_t len);

/* The beginning of what was kept, as text that can be stored and shown (text.h). */
const char *capture_text(struct arena *a, const struct buf *kept, size_t most);

#endif
