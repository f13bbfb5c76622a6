/*
 * http.h - HTTP requests by libcurl, to a host or to a unix socket (the Docker engine's).
 *
 * A handle keeps its connection. Bodies are bounded: a reply over `max` bytes fails with ERR_TOO_LARGE.
 */
#ifndef IO_HTTP_H
#define IO_HTTP_H

#include "arena.h"
#include "buf.h"
#include "err.h"

#include <stddef.h>

struct http;

/* `unix_socket` may be NULL. */
struct http *http_new(const char *unix_socket);
void http_free(struct http *h);

/* A header of the next request, alone: "Name: value". The text is copied. */
void http_header(struct http *h, const char *line);

struct http_reply {
	int status;
	struct bytes body;	/* ended by a NUL not counted; in the arena */
};

/*
 * content_type and body may be NULL. 0 with *out filled whatever the status is; -1 with ERR_BUSY (no
 * connection, time-out), ERR_TOO_LARGE or ERR_INTERNAL.
 */
int http_request(struct http *h, struct arena *a, struct err *err, const char *method, const char *url,
    const char *content_type, struct bytes body, int timeout_ms, size_t max, struct http_reply *out);

#endif
