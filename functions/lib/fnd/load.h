/*
 * load.h - the functions there are: every program of a directory.
 */
#ifndef FND_LOAD_H
#define FND_LOAD_H

#include <stdbool.h>

/*
 * Serves every program in `directory` and from then on watches it: what is changed, comes or goes there is noticed.
 * 0, or -1 when nothing can be served, with the reason in the log.
 */
int load_open(const char *directory);

/* Reads the directory again, and replaces the workers of what has changed; `renew`: of all. */
void load_scan(bool renew);

/* Buries who has ended. */
void load_reap(void);

/* What is due in any function, and what was changed. False when there is no function. */
bool load_tick(void);

/* All leave; done when load_tick() says so. */
void load_stop(void);

#endif
