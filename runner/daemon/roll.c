/*
 * roll.c - see roll.h.
 *
 * One thread with a connection of its own. What it does besides, every runner does, and it does no harm that they all
 * do it: a lease longer than any can be (the database's clock was set back) is cut, or a dead runner's runs
 * would wait for the old time to come again.
 */
#include "roll.h"

#include "host.h"
#include "log.h"
#include "metrics.h"
#include "pool.h"
#include "queries_runner.h"
#include "queue.h"
#include "settings.h"
#include "store.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define SAY_MS 3000

static _Atomic int64_t service_us;	/* a mean that forgets; 0: no run yet */
static atomic_int others;
static atomic_bool leaving;

static struct metric oldest =
    METRIC_GAUGE("viva_queue_oldest_seconds", "How long the run that waits longest has waited.");
static struct metric waiting = METRIC_GAUGE("viva_queue_waiting", "Runs that wait for a slot, of all runners.");
static struct metric going = METRIC_GAUGE("viva_queue_going", "Runs that a runner has, of all runners.");
static struct metric runners = METRIC_GAUGE("viva_runners", "Runners that have been seen within 15 s.");
static struct metric dead = METRIC_GAUGE("viva_queue_dead", "Runs on the list run_dead.");
static struct metric slots = METRIC_GAUGE("viva_slots", "Runs that this runner takes at a time.");
static struct metric engine = METRIC_GAUGE("viva_engine_up", "Whether the container engine can be used.");

static pthread_t thread;

void
roll_served(int64_t ms)
{
	int64_t before = service_us, now = ms * 1000 + 1;

	service_us = before == 0 ? now : before + (now - before) / 8;
}

bool
roll_has_others(void)
{
	return others > 0;
}

static const char *
state(void)
{
	return queue_draining() ? "draining" : pool_engine() ? "ready" : "no engine";
}

static int
say(struct slot *s)
{
	char host[HOST_NAME_MAX + 1] = "";
	int64_t ms = service_us / 1000;

	gethostname(host, sizeof(host) - 1);
	metric_set(&slots, settings.slots, NULL, NULL);
	metric_set(&engine, pool_engine(), NULL, NULL);
	return runner_seen(s->pg, settings.name, host, settings.slots, queue_busy(), queue_languages(s->scratch),
	    service_us == 0 ? NULL : &ms, state()) < 0 ? -1 : 0;
}

static int
look(struct slot *s)
{
	struct queue_state_row *q;

	int cut = leases_too_long(s->pg, LEASE_S);
	if (cut > 0)
		log_warn("the database's clock was set back: %d leases were cut", cut);
	if (cut < 0 || queue_state(s->pg, &q) < 0)
		return -1;
	others = q->runners > 1 ? (int)q->runners - 1 : 0;
	metric_set(&oldest, (double)q->oldest_ms / 1000, NULL, NULL);
	metric_set(&waiting, (double)q->waiting, NULL, NULL);
	metric_set(&going, (double)q->going, NULL, NULL);
	metric_set(&runners, (double)q->runners, NULL, NULL);
	metric_set(&dead, (double)q->dead, NULL, NULL);
	return 0;
}

int
roll_sign_on(struct slot *s)
{
	return say(s);
}

static void *
go_on(void *arg)
{
	struct slot *s = slot_new(0);
	bool well = true;

	(void)arg;
	while (!leaving) {
		host_look();
		slot_fresh(s);
		bool now = say(s) == 0 && look(s) == 0;
		if (well && !now)
			log_warn("this runner is not on the roll: %s", s->err.detail);
		well = now;
		store_sweep(s);
		for (int ms = 0; ms < SAY_MS && !leaving; ms += 100)
			usleep(100000);
	}
	slot_fresh(s);
	if (runner_left(s->pg, settings.name) < 0)
		log_warn("this runner stays on the roll for a while: %s", s->err.detail);
	return NULL;
}

void
roll_start(void)
{
	if (pthread_create(&thread, NULL, go_on, NULL) != 0)
		abort();
}

void
roll_sign_off(void)
{
	struct timespec until;

	leaving = true;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += 2;
	pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &until);
}
