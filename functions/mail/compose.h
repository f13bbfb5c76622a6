/*
 * compose.h - a letter as the bytes that mail servers and mail programs understand (RFC 5322, 2045 to 2047).
 */
#ifndef MAIL_COMPOSE_H
#define MAIL_COMPOSE_H

#include "arena.h"
#include "buf.h"
#include "err.h"

#include <stdint.h>

/* What is written to somebody: the same words twice, in UTF-8. */
struct letter {
	const char *subject;
	const char *text;
	const char *html;	/* a body's content */
};

/* VIVA_MAIL_FROM: `Viva <viva@example.org>` or the address alone. */
struct sender {
	const char *name;	/* "" where there is none */
	const char *address;
};

/* -1 with ERR_BUSY where it makes no sense: the operator may change it while mails wait. */
int compose_sender(struct arena *a, struct err *err, const char *setting, struct sender *out);

/*
 * Appends the whole message, its lines ended by CR LF. `id` is the message's in our queue: the Message-ID is made of
 * it, the same at every attempt. ERR_INVALID where the recipient or the subject could be more than one header.
 */
int compose(struct arena *a, struct err *err, const struct sender *from, const char *to, const char *id,
    int64_t seconds, const struct letter *letter, struct buf *out);

#endif
