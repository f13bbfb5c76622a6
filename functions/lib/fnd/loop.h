/*
 * loop.h - waiting for everything at once.
 *
 * A watch is called when its descriptor has something; it lives as long as the descriptor is watched, inside of
 * what it belongs to. One event is taken at a time, so a watch may be forgotten at any moment. What is due at some time
 * says so before each loop_once(), by loop_until(), and looks at the clock after it.
 */
#ifndef FND_LOOP_H
#define FND_LOOP_H

#include <stdint.h>
#include <sys/epoll.h>

struct watch {
	void (*ready)(void *of);
	void *of;
};

/* `events` as of epoll_ctl(2). Watching what is watched already moves it behind all others who watch the same. */
void loop_watch(int fd, uint32_t events, struct watch *w);
void loop_forget(int fd);

/* The next loop_once() returns at this time (monotonic ms) at the latest. */
void loop_until(int64_t at);

/* Calls the next watch that is ready. */
void loop_once(void);

#endif
