/*
 * takeover.h - what a fnd that was killed has left.
 *
 * Its zygotes and workers live on, and hold the functions' sockets: nobody is refused while there is no fnd.
 */
#ifndef FND_TAKEOVER_H
#define FND_TAKEOVER_H

#include "scoreboard.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * Takes a function's sockets from its zygote of before: *listener, *takeover (-1 each where there is none) and a
 * connection that keeps that zygote alive. Returns it, or -1 where there is no such zygote.
 */
int takeover_ask(const char *name, int *listener, int *takeover);

/* Listens on $VIVA_RUN/fn/<name>.ctl, for the fnd after us. -1 with the reason in the log. */
int takeover_listen(const char *name);

/*
 * Whether this process is a worker behind that socket: a scoreboard may say anything, but only who was given the
 * socket as descriptor 0 has it there.
 */
bool takeover_is_worker(pid_t pid, int listener);

#endif
