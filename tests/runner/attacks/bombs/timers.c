/*
 * timers.c - timers are few, and one that fires all the time starves nobody
 *
 * status: ok
 * prints: held
 */
#include "attempt.h"
#include <time.h>

int
main(void)
{
	struct sigevent quiet = { .sigev_notify = SIGEV_NONE };
	struct sigevent loud = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	struct itimerspec often = { { 0, 1 }, { 0, 1 } };
	timer_t t;
	int n = 0;

	signal(SIGUSR1, SIG_IGN);
	if (timer_create(CLOCK_MONOTONIC, &loud, &t) == 0)
		timer_settime(t, 0, &often, NULL);
	while (n < 100000 && timer_create(CLOCK_MONOTONIC, &quiet, &t) == 0)
		n++;
	if (n >= 100000)
		puts("ESCAPED: 100000 timers");
	return held();
}
