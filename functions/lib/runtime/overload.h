/*
 * overload.h - whether a request is refused because there are too many: the sooner its caller knows, the better.
 *
 * One of these belongs to each worker, zeroed at first.
 */
#ifndef RUNTIME_OVERLOAD_H
#define RUNTIME_OVERLOAD_H

#include <stdbool.h>
#include <stdint.h>

struct overload {
	int64_t since;		/* when somebody began to be always waiting, and long, µs; 0: not now */
	int64_t mean;		/* that serving one takes, µs */
	unsigned refused;	/* in this time of too many, and ... */
	int64_t refused_at;	/* ... when the last of them was */
	unsigned in_a_row;	/* refused since somebody was served, and ... */
	int64_t row_since;	/* ... when the first of them was */
};

/* To be asked after each accept(2) on `listener`, with what the request has waited; -1: it is not known. */
bool overload_refuses(struct overload *o, int listener, int64_t now, int64_t waited);

/* To be told when nothing was there to accept: nobody is waiting, whoever was when we last looked. */
void overload_idle(struct overload *o, int64_t now);

/* To be told how long serving one took that was not refused. */
void overload_served(struct overload *o, int64_t us);

#endif
