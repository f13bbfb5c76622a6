/*
 * clock.h - the two clocks. Milliseconds everywhere.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

int64_t clock_wall_ms(void);	/* since 1970, as people and other machines see it; may jump */
int64_t clock_mono_ms(void);	/* for durations and deadlines; never jumps */
int64_t clock_mono_us(void);

/* RFC 3339 in UTC with milliseconds, "2026-11-21T01:02:03.456Z", ended by a NUL. */
void clock_iso(int64_t wall_ms, char out[32]);

#endif
