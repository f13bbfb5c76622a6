/*
 * loop.c - see loop.h.
 */
#include "loop.h"

#include "log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int loop = -1;

int
loop_open(void)
{
	loop = epoll_create1(EPOLL_CLOEXEC);
	if (loop < 0)
		log_error("epoll: %s", strerror(errno));
	return loop < 0 ? -1 : 0;
}

void
loop_watch(int fd, uint32_t events, struct watch *w)
{
	struct epoll_event e = { .events = events, .data.ptr = w };

	epoll_ctl(loop, EPOLL_CTL_DEL, fd, NULL);
	if (epoll_ctl(loop, EPOLL_CTL_ADD, fd, &e) == 0)
		return;
	log_error("descriptor %d cannot be watched: %s", fd, strerror(errno));
	abort();
}

void
loop_forget(int fd)
{
	epoll_ctl(loop, EPOLL_CTL_DEL, fd, NULL);
}

void
loop_once(int64_t wait)
{
	struct epoll_event e;

	if (epoll_wait(loop, &e, 1, (int)wait) == 1) {
		struct watch *w = e.data.ptr;
		w->ready(w->of);
	}
}
