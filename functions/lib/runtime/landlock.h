/*
 * landlock.h - which files a process may still open, by the kernel's Landlock: it needs no privileges, so it works
 * in a container as well.
 */
#ifndef RUNTIME_LANDLOCK_H
#define RUNTIME_LANDLOCK_H

#include <stdbool.h>

struct landlock {
	int version;	/* the kernel's: 4 knows TCP, 6 signals; 0: it has none, and nobody is confined */
	int set;
};

/*
 * What is allowed, made once for all processes that will be forked: `readable` files, and folders with all below,
 * ended by NULL (none has to be there), and connections by TCP where `network` is true. Those by unix sockets are
 * not its matter. 0, or -1 with errno set.
 */
int landlock_prepare(struct landlock *l, const char *const *readable, bool network);

/*
 * Confines the process and its children to that, and to `writable`, a folder as it is now, or NULL. Only once, since
 * it gives up what it was prepared with. 0, or -1 with errno set. no_new_privs must be set.
 */
int landlock_confine(const struct landlock *l, const char *writable);

#endif
