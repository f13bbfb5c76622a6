/*
 * fastcgi.h - the asking side of FastCGI: one request on a connection of its own, as the gateway makes them.
 *
 *	const char *params[] = { "REQUEST_METHOD", "GET", "REQUEST_URI", "/api/health", NULL };
 *
 *	fastcgi_ask(&out, params, body);		write all of `out` to the function's socket
 *	fastcgi_take(&reply)				after each read(2) into reply.in, until it is 1
 *	fastcgi_head(&reply, &head)			the answer
 *
 * Nothing here reads or writes by itself: whoever waits for many answers at once uses it as whoever waits for one.
 */
#ifndef IO_FASTCGI_H
#define IO_FASTCGI_H

#include "buf.h"

#include <stdbool.h>

struct fastcgi_reply {
	struct buf in;		/* what was read and not taken yet */
	struct buf out;		/* head and body as they came so far; what is said on the side (stderr) is dropped */
};

struct fastcgi_head {
	int status;		/* 200 where it says none */
	struct bytes lines;	/* "Name: value\r\n" ... */
	struct bytes body;
};

/* Appends a whole request. `params` are names and values in turn, ended by NULL. */
void fastcgi_ask(struct buf *to, const char *const *params, struct bytes body);

/* Takes whole records off reply->in: 1 the answer has ended, 0 there will be more, -1 this is no FastCGI. */
int fastcgi_take(struct fastcgi_reply *reply);

/* Parts an answer that has ended. false where it has no head. */
bool fastcgi_head(const struct fastcgi_reply *reply, struct fastcgi_head *head);

void fastcgi_free(struct fastcgi_reply *reply);

#endif
