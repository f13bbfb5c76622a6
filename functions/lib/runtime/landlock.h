/*
 * landlock.h - which files a process may still open, by the kernel's Landlock: it needs no privileges, so it works in a
 * container as well.
 */
#ifndef RUNTIME_LANDLOCK_H
#define RUNTIME_LANDLOCK_H

#include <stdbool.h>

struct landlock_rules {
	const char *const *readable;	/* files, and folders with all below; ended by NULL. None has to be there */
	const char *writable;		/* a folder, or NULL */
	bool network;			/* may connect by TCP */
};

/*
 * Confines the process and its children to these; connections by unix sockets are not its matter. Returns the kernel's
 * version of Landlock (4 knows TCP, 6 signals), 0 where it has none, or -1 with errno set. no_new_privs must be set.
 */
int landlock_confine(const struct landlock_rules *rules);

#endif
