/*
 * pool.h - containers that are already warm when a run arrives, and those that are on their way out.
 *
 * making -> warm -> out (a run has it) -> leaving -> gone. A container runs one submission and is then
 * destroyed, never cleaned: cleaning trusts the code that just ran in it. All calls are safe from any thread.
 */
#ifndef RUNNER_POOL_H
#define RUNNER_POOL_H

#include "box.h"

#include <stdbool.h>

/* Starts the keepers, which fill the pool. Languages without an image are left out until they have one. */
void pool_start(struct lang *languages, size_t n);

/* Whether the engine answered when it was last asked. Without it no run is taken on. */
bool pool_engine(void);

/* A warm box for a run of this language, without mounts; NULL where none is left. */
struct box *pool_take(const struct lang *l);

/*
 * The same for who can wait: only where more than one is left, so that the next room's first byte does not pay for
 * it; and the pool does not grow on account of it.
 */
struct box *pool_spare(const struct lang *l);

/* Makes one now, of any class: a fifth of a second or more. NULL with the error set. */
struct box *pool_make(const struct box_wish *wish, struct docker *d, struct err *err);

/* Gives a box up, whatever state it is in. */
void pool_leave(struct box *b);

/* Removes every container of ours that is not in the table: what a killed runner left behind. */
int pool_sweep(struct docker *d, struct err *err);

/* Removes all that are warm and waits, at most so long, until everything that was left is gone. */
void pool_stop(int ms);

#endif
