/*
 * dispatch - hands messages of queues and firings of schedules (x-trigger of api.yaml) to the functions that handle
 * them.
 *
 * The table `message` is the truth, Redis a doorbell. One thread waits for everything at once: the bell, replies of
 * handlers, a second in which nothing happened. Any number of dispatchers may run beside one another: a message is
 * taken with its row locked, a schedule fires by changing its row, and what a dispatcher had that died is due again
 * when its lease ends, or as soon as one of the same name ($VIVA_DISPATCH) starts.
 *
 *	SIGTERM		takes nothing more, waits some seconds for the handlers that are at work, ends
 */
#include "bell.h"
#include "clock.h"
#include "config.h"
#include "log.h"
#include "post.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define LOOK_MS 990	/* less than a second: a timespec's nanoseconds */
#define DRAIN_MS 8000

static volatile sig_atomic_t stopping;

static void
stop(int signal)
{
	(void)signal;
	stopping = 1;
}

/* Signals come in ppoll(2) and nowhere else. */
static void
handle_signals(sigset_t *waiting)
{
	struct sigaction term = { .sa_handler = stop }, ignore = { .sa_handler = SIG_IGN };
	sigset_t blocked;

	sigaction(SIGTERM, &term, NULL);
	sigaction(SIGINT, &term, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, waiting);
	sigdelset(waiting, SIGTERM);
	sigdelset(waiting, SIGINT);
}

/* Waits for the first thing to happen; whether it is time to look for messages. */
static bool
wait_for_something(const sigset_t *waiting, int64_t ms)
{
	struct pollfd fds[DELIVERIES_MAX + 1];
	struct timespec time = { 0, ms > 0 ? ms * 1000000 : 0 };
	size_t before = post_going(), n = post_poll(fds);

	fds[n] = (struct pollfd){ .fd = stopping ? -1 : bell_fd(), .events = POLLIN };
	if (ppoll(fds, n + 1, &time, waiting) < 0)
		return false;
	post_step(fds, n);
	bool rang = fds[n].revents != 0 && bell_rang();
	return rang || post_going() < before;
}

int
main(void)
{
	sigset_t waiting;
	char host[64] = "";
	int64_t looked = 0, until = 0;

	log_init("dispatch");
	handle_signals(&waiting);
	gethostname(host, sizeof(host) - 1);
	post_init(config_str("VIVA_PG", ""), config_str("VIVA_DISPATCH", host));
	bell_init(config_str("VIVA_REDIS", "/run/viva/state/run/redis.sock"));
	for (bool look = true;;) {
		int64_t now = clock_mono_ms();
		if (stopping && until == 0)
			until = now + DRAIN_MS;
		if (stopping && (post_going() == 0 || now >= until))
			return 0;
		if (!stopping && (look || now - looked >= LOOK_MS)) {
			looked = now;
			post_look();
		}
		post_hold();
		look = wait_for_something(&waiting, stopping ? 100 : LOOK_MS - (clock_mono_ms() - looked));
	}
}
