/*
 * draft.h - a file of the tree as it shall be, thought out in memory: what does not work out changes nothing.
 */
#ifndef COMMAND_DRAFT_H
#define COMMAND_DRAFT_H

#include "buf.h"

#include <stdbool.h>

/* The whole of a file, or of standard input (-), behind what `out` has. -1 with errno. */
int draft_read(const char *path, struct buf *out);

/* The same of a file of the skeleton (functions/lib/command/skeleton), written for the function `name`. */
int draft_skeleton(const char *file, const char *name, struct buf *out);

/* Puts `what` before or behind the one place of `text` that reads `anchor`. -1 where there is none or more. */
int draft_insert(struct buf *text, const char *anchor, bool behind, struct buf *what);

/* Makes a file that must not be there yet, or puts the text in the place of the one that is. -1 with errno. */
int draft_create(const char *path, const struct buf *text);
int draft_replace(const char *path, const struct buf *text);

#endif
