/*
 * load.h - the functions there are: every program of a directory.
 */
#ifndef FND_LOAD_H
#define FND_LOAD_H

#include "pools.h"

/*
 * Serves every program in `directory` and from then on watches it: what is changed, comes or goes there is noticed.
 * 0, or -1 when nothing can be served, with the reason in the log.
 */
int load_open(const char *directory, const struct identity *who);

/* Reads the directory again and replaces every worker. */
void load_all(void);

/* What is due in any function, and what was changed; returns how long the next thing may wait, in ms. */
int64_t load_tick(int64_t now);

void load_reaped(pid_t pid, int status, int64_t now);

/* What zygotes have said and we did not hear yet. */
void load_hear(void);

/* All leave; done when load_is_empty(). */
void load_stop(int64_t now);
bool load_is_empty(void);

#endif
