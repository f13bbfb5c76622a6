/*
 * loop.c - see loop.h.
 */
#include "loop.h"

#include "clock.h"
#include "log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int loop = -1;
static int64_t until = INT64_MAX;

void
loop_watch(int fd, uint32_t events, struct watch *w)
{
	struct epoll_event e = { .events = events, .data.ptr = w };

	if (loop < 0)
		loop = epoll_create1(EPOLL_CLOEXEC);
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
loop_until(int64_t at)
{
	until = at < until ? at : until;
}

void
loop_once(void)
{
	struct epoll_event e;
	int64_t now = clock_mono_ms(), wait = until > now ? until - now : 0;
	int n = epoll_wait(loop, &e, 1, until == INT64_MAX ? -1 : (int)wait);

	until = INT64_MAX;
	if (n == 1) {
		struct watch *w = e.data.ptr;
		w->ready(w->of);
	}
}
