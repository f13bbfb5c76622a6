/*
 * tar.h - reads a tar archive that hostile hands may have made, in memory.
 *
 * Format: POSIX.1-1988 ustar headers (pax(1) of POSIX.1-2017, "ustar Interchange Format") and, of GNU tar's, the type
 * 'L' that carries a name of over 100 characters. Only plain files and folders are let through: a link, a device or
 * anything newer makes the archive bad, since nothing that we unpack has a use for them. Every size is compared
 * with the bytes that are left before it is believed.
 */
#ifndef RUNNER_TAR_H
#define RUNNER_TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAR_PATH_MAX 512

struct tar {
	const uint8_t *at, *end;
	const char *bad;		/* what is wrong with it, or NULL */
};

struct tar_entry {
	char path[TAR_PATH_MAX];	/* below the root: no "..", ".", empty part; "" is the root itself */
	bool folder, executable;
	const uint8_t *data;		/* of a file; inside the archive */
	size_t len;
};

void tar_open(struct tar *t, const uint8_t *data, size_t len);

/* The next entry. False at the end, which is well where t->bad is NULL. */
bool tar_next(struct tar *t, struct tar_entry *e);

#endif
