/*
 * host.h - the machine that programs run on: whether it has room for one more, and whether its clock goes as clocks do.
 */
#ifndef RUNNER_HOST_H
#define RUNNER_HOST_H

#include <stdbool.h>
#include <stdint.h>

/* Looks at memory, disk and clock, and logs what has changed. To be called every few seconds. */
void host_look(void);

/* False while it is short of memory or disk: then no run is taken, and those that wait are kept by the queue. */
bool host_fits(void);

/* Bytes of memory that may still be used, from the text of /proc/meminfo; -1: it does not say. */
int64_t host_available(const char *meminfo);

/* By how many milliseconds the wall clock was set since the last call, as both clocks tell; 0: it goes well. */
int64_t host_clock_set(int64_t wall_ms, int64_t mono_ms);

#endif
