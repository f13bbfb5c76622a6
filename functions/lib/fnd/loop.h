/*
 * loop.h - waiting for everything at once.
 *
 * A watch is called when its descriptor has something; it lives as long as the descriptor is watched, inside of
 * what it belongs to. One event is taken at a time, so a watch may be forgotten at any moment.
 */
#ifndef FND_LOOP_H
#define FND_LOOP_H

#include <stdint.h>
#include <sys/epoll.h>

struct watch {
	void (*ready)(void *of);
	void *of;
};

/* To be called once, first. 0, or -1 with the reason in the log. */
int loop_open(void);

/* `events` as of epoll_ctl(2). Watching what is watched already moves it behind all others who watch the same. */
void loop_watch(int fd, uint32_t events, struct watch *w);
void loop_forget(int fd);

/* Calls the next watch that is ready within `wait` ms. */
void loop_once(int64_t wait);

#endif
