/*
 * queue.c - see queue.h.
 *
 * One thread blocks in XREAD on the two doorbells. `jobs` wakes a slot, which leases the run that is next (run_lease
 * in queries.sql says which that is); if it got one it wakes the next slot before it starts, since there may be more.
 * `cancels` is passed on to the slot that has the run; a cancellation that nobody heard (Redis was away) is found
 * when the lease is renewed. Every two seconds a slot is woken in any case: that finds runs whose bell was lost,
 * and runs whose runner died. The same thread tells /api/health that a runner is here.
 */
#include "queue.h"

#include "clock.h"
#include "host.h"
#include "job.h"
#include "log.h"
#include "metrics.h"
#include "pool.h"
#include "roll.h"
#include "settings.h"
#include "store.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define LOOK_MS 2000
#define AGAIN_MS 20
#define SEEN_S 15

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t rung = PTHREAD_COND_INITIALIZER, idle;
static int rings, awake;	/* slots that look for a run or have one */
static atomic_int busy;		/* slots that have one */
static struct { char run[64]; int fd; } running[SLOTS_MAX];
static atomic_bool draining, giving_up;
static struct metric slots_busy = METRIC_GAUGE("viva_slots_busy", "Slots of this runner that have a run.");

static const struct lang *languages;
static size_t languages_count;

static void
ring(void)
{
	pthread_mutex_lock(&lock);
	if (rings < settings.slots)
		rings++;
	pthread_cond_signal(&rung);
	pthread_mutex_unlock(&lock);
}

/* Wakes a run's thread, or all, whatever the reason: it looks for itself. */
static void
nudge(const char *run, eventfd_t what)
{
	pthread_mutex_lock(&lock);
	for (int i = 0; i < settings.slots; i++)
		if (running[i].run[0] != '\0' && (run == NULL || strcmp(running[i].run, run) == 0))
			eventfd_write(running[i].fd, what);
	pthread_mutex_unlock(&lock);
}

void
queue_typed(const char *run)
{
	nudge(run, JOB_LOOK);
}

void
queue_running(int slot, const char *run, int fd)
{
	pthread_mutex_lock(&lock);
	snprintf(running[slot].run, sizeof(running[slot].run), "%s", run);
	running[slot].fd = fd;
	pthread_mutex_unlock(&lock);
}

void
queue_not_running(int slot)
{
	pthread_mutex_lock(&lock);
	running[slot].run[0] = '\0';
	pthread_mutex_unlock(&lock);
}

static void
wait_for_ring(void)
{
	pthread_mutex_lock(&lock);
	while (rings == 0)
		pthread_cond_wait(&rung, &lock);
	rings--;
	awake++;
	pthread_mutex_unlock(&lock);
}

static void
nothing_to_do(void)
{
	pthread_mutex_lock(&lock);
	if (--awake == 0)
		pthread_cond_broadcast(&idle);
	pthread_mutex_unlock(&lock);
}

int
queue_busy(void)
{
	return busy;
}

const char *
queue_languages(struct arena *a)
{
	return languages_ready(a, languages, languages_count);
}

/* A run of our own, or NULL: none is waiting, or the database is away (then it is asked again soon). */
static struct job *
lease(struct slot *s)
{
	struct run_lease_row *rows;
	int64_t asked = clock_mono_ms();

	slot_fresh(s);
	arena_reset(s->arena);
	pg_bind(s->pg, s->arena, &s->err);
	int n = run_lease(s->pg, &rows, settings.name, queue_languages(s->arena), LEASE_S);
	log_request(NULL, n > 0 ? rows->trace : NULL);
	if (n < 0)
		log_warn("lease: %s", s->err.detail);
	if (n > 0 && rows->program != NULL && store_program(s, &rows, &n) < 0) {
		run_hand_back(s->pg, rows->id, rows->attempt, settings.name, false);
		return NULL;
	}
	if (n <= 0)
		return NULL;
	const struct lang *l = language_named(languages, languages_count, rows->language);
	return job_new(s, rows, (size_t)n, l, asked + LEASE_S * 1000);
}

/*
 * The same bell rings for every runner, and while another takes a room's first run the room's second cannot be seen
 * yet: so a slot that found nothing looks once more.
 */
static struct job *
find(struct slot *s)
{
	bool may = !draining && pool_engine() && host_fits();
	struct job *j = may ? lease(s) : NULL;

	if (j != NULL || !may || !roll_has_others())
		return j;
	usleep(AGAIN_MS * 1000);
	return lease(s);
}

static void
see_through(struct job *j)
{
	int64_t began = clock_mono_ms();

	metric_set(&slots_busy, ++busy, NULL, NULL);
	ring();		/* there may be more */
	job_run(j);
	job_free(j);
	log_request(NULL, NULL);
	metric_set(&slots_busy, --busy, NULL, NULL);
	roll_served(clock_mono_ms() - began);
}

static void *
work(void *arg)
{
	struct slot *s = slot_new((int)(intptr_t)arg);
	struct job *j;

	for (;;) {
		wait_for_ring();
		while ((j = find(s)) != NULL)
			see_through(j);
		nothing_to_do();
	}
	return NULL;
}

/* The doorbells, and where we are in each. */
struct bells {
	struct redis *redis;
	struct arena *arena;
	struct err err;
	char jobs[48], cancels[48];
	bool placed;
	int64_t said_ms, complained_ms;
};

static void
copy_id(char to[48], const redisReply *id)
{
	if (id->type == REDIS_REPLY_STRING)
		snprintf(to, 48, "%s", id->str);
}

/* Where a stream ends now: what is older, rows tell. */
static bool
place(struct bells *b, const char *stream, char to[48])
{
	redisReply *r = redis_cmd(b->redis, "XREVRANGE %s + - COUNT 1", stream);

	if (r == NULL)
		return false;
	snprintf(to, 48, "0-0");
	if (r->type == REDIS_REPLY_ARRAY && r->elements == 1 && r->element[0]->elements == 2)
		copy_id(to, r->element[0]->element[0]);
	return true;
}

/* One stream's part of XREAD's answer: [name, [[id, [field, value, ...]], ...]]. */
static void
heard(struct bells *b, const redisReply *part)
{
	bool jobs = strcmp(part->element[0]->str, "jobs") == 0;
	const redisReply *entries = part->element[1];

	for (size_t i = 0; i < entries->elements; i++) {
		const redisReply *e = entries->element[i];
		if (e->elements != 2 || e->element[1]->elements < 2)
			continue;
		copy_id(jobs ? b->jobs : b->cancels, e->element[0]);
		if (jobs)
			ring();
		else
			nudge(e->element[1]->element[1]->str, JOB_CANCEL);
	}
}

/* Says that this runner lives and could run something. */
static void
say_seen(struct bells *b)
{
	int64_t now = clock_mono_ms();

	if (draining || !pool_engine() || !host_fits() || (b->said_ms != 0 && now - b->said_ms < SEEN_S * 1000 / 3))
		return;
	if (redis_cmd(b->redis, "SET runner:seen %s EX %d", settings.name, SEEN_S) != NULL)
		b->said_ms = now;
}

static int
listen_once(struct bells *b)
{
	err_clear(&b->err);
	redis_bind(b->redis, b->arena, &b->err);
	arena_reset(b->arena);
	if (!b->placed)
		b->placed = place(b, "jobs", b->jobs) && place(b, "cancels", b->cancels);
	if (!b->placed)
		return -1;
	say_seen(b);
	redisReply *r = redis_cmd(b->redis, "XREAD COUNT 100 BLOCK %d STREAMS jobs cancels %s %s", LOOK_MS, b->jobs,
	    b->cancels);
	for (size_t i = 0; r != NULL && r->type == REDIS_REPLY_ARRAY && i < r->elements; i++)
		if (r->element[i]->elements == 2)
			heard(b, r->element[i]);
	return r != NULL ? 0 : -1;
}

static void
complain(struct bells *b)
{
	int64_t now = clock_mono_ms();

	if (b->complained_ms == 0 || now - b->complained_ms > 5000)
		log_warn("the doorbell cannot be heard, looking each half second: %s", b->err.detail);
	b->complained_ms = now;
	usleep(500000);
}

static void *
listen_always(void *arg)
{
	struct bells b = { .redis = redis_new(settings.redis, 2 * LOOK_MS), .arena = arena_new(16384) };
	int64_t looked = 0;

	(void)arg;
	for (;;) {
		int r = listen_once(&b);
		if (r < 0)
			complain(&b);
		if (r < 0 || clock_mono_ms() - looked >= LOOK_MS) {
			looked = clock_mono_ms();
			ring();
		}
	}
	return NULL;
}

void
queue_prepare(const struct lang *table, size_t n)
{
	languages = table;
	languages_count = n;
}

void
queue_start(void)
{
	pthread_condattr_t monotonic;
	pthread_t thread;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&idle, &monotonic);
	for (int i = 0; i < settings.slots; i++)
		if (pthread_create(&thread, NULL, work, (void *)(intptr_t)i) != 0)
			abort();
	if (pthread_create(&thread, NULL, listen_always, NULL) != 0)
		abort();
	ring();		/* what waited while nobody was here */
}

void
queue_drain(void)
{
	draining = true;
}

bool
queue_draining(void)
{
	return draining;
}

void
queue_give_up(void)
{
	giving_up = true;
	nudge(NULL, JOB_LOOK);
}

bool
queue_giving_up(void)
{
	return giving_up;
}

bool
queue_wait(int ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	pthread_mutex_lock(&lock);
	int late = 0;
	while (awake > 0 && late == 0)
		late = pthread_cond_timedwait(&idle, &lock, &until);
	bool done = awake == 0;
	pthread_mutex_unlock(&lock);
	return done;
}
