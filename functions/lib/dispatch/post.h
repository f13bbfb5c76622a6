/*
 * post.h - the messages that this dispatcher has, between the database and their handlers.
 */
#ifndef DISPATCH_POST_H
#define DISPATCH_POST_H

#include "delivery.h"

#include <poll.h>

#define DELIVERIES_MAX 64

/* `holder` names this dispatcher, in this life and the next. */
void post_init(const char *conninfo, const char *holder);

/* Fires what schedules are due, takes messages for as many places as are free, and asks their handlers. */
void post_look(void);

/* What poll(2) shall wait for, DELIVERIES_MAX at most: how many. post_step() takes the same array back. */
size_t post_poll(struct pollfd *to);
void post_step(const struct pollfd *from, size_t n);

/* Keeps the leases of what is on its way, and looks for what can be forgotten; cheap to call often. */
void post_hold(void);

/* How many messages are on their way. */
size_t post_going(void);

#endif
