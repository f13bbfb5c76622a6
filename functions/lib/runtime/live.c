/*
 * live.c - who works in real time (`live 1` in pool.conf) works shortly.
 *
 * Work in real time goes before everything else on a machine, fnd included: a handler that computed without end would
 * keep the others from their processors, and fnd from ending it. So a worker that has not waited for anything for
 * TURN becomes as others are, goes on, and leaves after its request: another takes its place. The kernel tells it by a
 * signal; who does not hear that is killed at MOST. Who knows it before, as whoever has a large document to read, says
 * so itself (fn_takes_long()).
 */
#include "fn.h"
#include "life.h"

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>

#define TURN_US 200000
#define MOST_US 1000000

static volatile sig_atomic_t over;

static void
be_as_others(int signal)
{
	static const struct sched_param none;

	(void)signal;
	over = 1;
	sched_setscheduler(0, SCHED_OTHER, &none);
}

void
live_begin(void)
{
	const struct rlimit turn = { TURN_US, MOST_US };

	if (sched_getscheduler(0) != SCHED_RR)
		return;
	sigaction(SIGXCPU, &(struct sigaction){ .sa_handler = be_as_others, .sa_flags = SA_RESTART }, NULL);
	setrlimit(RLIMIT_RTTIME, &turn);
}

void
fn_takes_long(struct fn *fn)
{
	(void)fn;
	if (sched_getscheduler(0) == SCHED_RR)
		be_as_others(0);
}

bool
live_is_over(void)
{
	return over != 0;
}
