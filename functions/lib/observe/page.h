/*
 * page.h - Prometheus' text format, and who fills the page.
 *
 * A family is announced once and its samples follow it. A label's value is a name of ours (letters, digits, _), so
 * nothing has to be escaped: whoever takes one from outside checks it. Their number is bounded: functions, roles,
 * states; never an id.
 */
#ifndef OBSERVE_PAGE_H
#define OBSERVE_PAGE_H

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "http.h"
#include "pg.h"
#include "redis.h"

#include <stdbool.h>

/* `type`: counter, gauge, histogram. */
void family(struct buf *out, const char *name, const char *type, const char *help);

/* One sample of the family; `labels` is a format: "function=\"%s\"", or "" for none. */
void sample(struct buf *out, const char *name, double value, const char *labels, ...)
    __attribute__((format(printf, 4, 5)));

/* A family of one sample. */
void gauge(struct buf *out, const char *name, const char *help, double value);
void counter(struct buf *out, const char *name, const char *help, double value);

bool is_label(const char *name);

/* Whom the page asks. The arena is emptied before each page. */
struct sources {
	struct arena *arena;
	struct err err;
	struct pg *pg;
	struct redis *redis;
	struct http *runner, *gateway, *realtime, *signals;	/* each a unix socket */
	const char *run;	/* $VIVA_RUN */
};

/* Each appends what its part says of itself; false where the part does not answer, with s->err. */
bool functions_page(struct sources *s, struct buf *out);
bool gateway_page(struct sources *s, struct buf *out);
bool refused_page(struct sources *s, struct buf *out);
bool realtime_page(struct sources *s, struct buf *out);
bool signals_page(struct sources *s, struct buf *out);
bool redis_page(struct sources *s, struct buf *out);
bool postgres_page(struct sources *s, struct buf *out);
bool runner_page(struct sources *s, struct buf *out);
bool disk_page(struct sources *s, struct buf *out);

/* To be called now and then: the gateway's counters of refusals give back the room that they take. */
void refused_trim(const char *run);

/* GET of a path on a unix socket: its text, or NULL. */
const char *page_get(struct sources *s, struct http *h, const char *path);

#endif
