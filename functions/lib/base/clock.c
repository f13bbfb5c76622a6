/*
 * clock.c - see clock.h.
 */
#include "clock.h"

#include <string.h>
#include <time.h>

static int64_t
now_us(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t
clock_wall_ms(void)
{
	return now_us(CLOCK_REALTIME) / 1000;
}

int64_t
clock_mono_ms(void)
{
	return now_us(CLOCK_MONOTONIC) / 1000;
}

int64_t
clock_mono_us(void)
{
	return now_us(CLOCK_MONOTONIC);
}

/* Most ask about the second that somebody asked about before. */
void
clock_iso(int64_t wall_ms, char out[32])
{
	static _Thread_local int64_t known = INT64_MIN;
	static _Thread_local char text[32];
	int64_t sec = wall_ms / 1000;
	int ms = (int)(wall_ms % 1000);
	struct tm tm;

	if (sec != known) {
		gmtime_r(&(time_t){ (time_t)sec }, &tm);
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
		known = sec;
	}
	size_t n = strlen(text);
	memcpy(out, text, n);
	out[n] = '.';
	out[n + 1] = (char)('0' + ms / 100);
	out[n + 2] = (char)('0' + ms / 10 % 10);
	out[n + 3] = (char)('0' + ms % 10);
	memcpy(out + n + 4, "Z", 2);
}
