/*
 * unpack.h - an archive that came out of a sandbox becomes a folder that sandboxes may read.
 */
#ifndef RUNNER_UNPACK_H
#define RUNNER_UNPACK_H

#include "err.h"

#include <stdint.h>

#define UNPACK_FILES_MAX 20000

/*
 * Unpacks the tar archive in `fd` (a regular file that nobody writes any more) into a new folder `name` in `dir`.
 * Files are 0644 or 0755, owned by us, and on disk when this returns. At most UNPACK_FILES_MAX entries and `most`
 * bytes.
 * -1: ERR_INVALID with the reason where the archive is to blame, else ERR_INTERNAL; what there is of the folder stays.
 */
int unpack(int fd, int dir, const char *name, int64_t most, struct err *err);

/* Removes a folder and all in it, following no link. A folder that is not there is no error. */
int unpack_remove(int dir, const char *name, struct err *err);

#endif
