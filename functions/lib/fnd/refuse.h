/*
 * refuse.h - answers 503 in the stead of a function that cannot run.
 */
#ifndef FND_REFUSE_H
#define FND_REFUSE_H

#include <stdint.h>

/* Takes who waits at `listener`, as many as it can, and tells them to come back in `retry_ms`. Returns how many. */
unsigned refuse_all(int listener, int64_t retry_ms);

/* Hangs up on who does not hang up. */
void refuse_tick(int64_t now);

#endif
