/*
 * post.c - see post.h.
 *
 * due -> taken (attempt + 1, a lease) -> done: the row is deleted
 *				       -> again: due after a delay that doubles, 1 s to 10 minutes, with jitter
 *				       -> dead: the handler failed too often or does not understand it
 *
 * A place is free again when the database has heard the outcome; until then it is told again. If it is away for longer
 * than the lease, the message is delivered once more: at least once is what was promised.
 */
#include "post.h"

#include "clock.h"
#include "log.h"
#include "pg.h"
#include "queries_dispatch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define LEASE_S 30
#define HOLD_MS 10000
#define DELAY_LEAST 1000
#define DELAY_MOST 600000
#define SWEEP_MS 3600000
#define COMPLAIN_MS 5000

static struct pg *pg;
static struct arena *arena;
static struct err err;
static const char *holder;
static struct delivery deliveries[DELIVERIES_MAX];
static int64_t held, swept, complained;
static bool settled;		/* our last life's leases are returned, our schedules are known */

void
post_init(const char *conninfo, const char *name)
{
	pg = pg_new(conninfo);
	pg_register(pg, queries_dispatch, queries_dispatch_count);
	arena = arena_new(65536);
	holder = name;
	for (size_t i = 0; i < DELIVERIES_MAX; i++)
		deliveries[i].fd = -1;
}

/* Everything of the last question is forgotten. */
static void
fresh(void)
{
	err_clear(&err);
	arena_reset(arena);
	pg_bind(pg, arena, &err);
}

/* The database is away, most likely: said once in a while. */
static int
complain(const char *what)
{
	int64_t now = clock_mono_ms();

	if (complained == 0 || now - complained > COMPLAIN_MS) {
		log_warn("%s: %s", what, err.detail);
		complained = now;
	}
	return -1;
}

/* Half of it is certain, half is drawn, so that what failed together does not come back together. */
static int64_t
delay_of(int64_t attempt)
{
	int64_t delay = attempt > 10 ? DELAY_MOST : DELAY_LEAST << (attempt - 1);
	uint32_t random = 0;

	delay = delay < DELAY_MOST ? delay : DELAY_MOST;
	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		abort();
	return delay / 2 + random % (uint64_t)(delay / 2 + 1);
}

static int
put_back(const struct delivery *d)
{
	bool fault = d->outcome != OUTCOME_BUSY;
	int64_t failures = d->failures + fault, delay = delay_of(d->attempt);
	bool dead = d->outcome == OUTCOME_POISON || failures >= d->trigger->failures;
	int n = message_again(pg, d->id, d->attempt, failures, d->reason, delay, dead);

	if (n > 0 && dead)
		log_error("%s: message %s is dead after %lld attempts: %s", d->trigger->queue, d->id,
		    (long long)d->attempt, d->reason);
	else if (n > 0)
		log_warn("%s: message %s, attempt %lld: %s; again in %lld ms", d->trigger->queue, d->id,
		    (long long)d->attempt, d->reason, (long long)delay);
	return n;
}

/* Tells the database what became of it, and frees the place; -1: it has not heard. */
static int
tell_outcome(struct delivery *d)
{
	fresh();
	int n = d->outcome == OUTCOME_DONE ? message_done(pg, d->id, d->attempt) : put_back(d);
	if (n < 0)
		return complain("the outcome of a message is told again");
	if (n == 0)
		log_warn("%s: message %s was given to somebody else meanwhile", d->trigger->queue, d->id);
	else if (d->outcome == OUTCOME_DONE)
		log_debug("%s: message %s, attempt %lld: done in %lld ms", d->trigger->queue, d->id,
		    (long long)d->attempt, (long long)(clock_mono_ms() - d->began));
	delivery_end(d);
	return 0;
}

/* What is said of a message belongs to the trace of who sent it. */
static int
settle(struct delivery *d)
{
	log_request(NULL, d->trace);
	int told = tell_outcome(d);
	log_request(NULL, NULL);
	return told;
}

static struct delivery *
free_place(void)
{
	for (size_t i = 0; i < DELIVERIES_MAX; i++)
		if (deliveries[i].trigger == NULL)
			return &deliveries[i];
	return NULL;
}

static int
going_of(const struct trigger *t)
{
	int n = 0;

	for (size_t i = 0; i < DELIVERIES_MAX; i++)
		n += t == NULL ? deliveries[i].trigger != NULL : deliveries[i].trigger == t;
	return n;
}

size_t
post_going(void)
{
	return (size_t)going_of(NULL);
}

/* As many of a queue as have room; -1: the database is away. */
static int
take(const struct trigger *t)
{
	int room = t->at_once - going_of(t), left = DELIVERIES_MAX - going_of(NULL);
	struct message_take_row *rows;

	if (room <= 0 || left <= 0)
		return 0;
	fresh();
	int n = message_take(pg, &rows, holder, t->queue, room < left ? room : left, LEASE_S, t->after);
	if (n < 0)
		return complain("no messages can be taken");
	for (int i = 0; i < n; i++) {
		struct delivery *d = free_place();
		delivery_begin(d, t, rows[i].id, rows[i].attempt, bytes_of(rows[i].body), rows[i].trace);
		d->failures = rows[i].failures;
	}
	return n;
}

/* An array literal of what `name_of` says for 0 ... n - 1; names and ids need no quotes. */
static const char *
list(size_t n, const char *(*name_of)(size_t i))
{
	struct buf out = { 0 };

	for (size_t i = 0; i < n; i++)
		if (name_of(i) != NULL)
			buf_printf(&out, "%c\"%s\"", out.len == 0 ? '{' : ',', name_of(i));
	const char *text = out.len == 0 ? "{}" : arena_printf(arena, "%s}", buf_cstr(&out));
	buf_free(&out);
	return text;
}

static const char *
schedule_name(size_t i)
{
	return triggers[i].period > 0 ? triggers[i].queue : NULL;
}

static const char *
held_id(size_t i)
{
	return deliveries[i].trigger != NULL ? deliveries[i].id : NULL;
}

static int
begin(void)
{
	fresh();
	if (messages_return(pg, holder) < 0)
		return complain("the queue cannot be read");
	for (const struct trigger *t = triggers; t->queue != NULL; t++)
		if (t->period > 0 && schedule_set(pg, t->queue, t->period, t->start) < 0)
			return complain("a schedule cannot be set");
	settled = true;
	return 0;
}

void
post_look(void)
{
	if (!settled && begin() < 0)
		return;
	for (struct delivery *d = deliveries; d < deliveries + DELIVERIES_MAX; d++)
		if (d->trigger != NULL && d->outcome != OUTCOME_NONE && settle(d) < 0)
			return;
	fresh();
	if (schedules_fire(pg, list(triggers_count, schedule_name)) < 0) {
		complain("schedules cannot fire");
		return;
	}
	for (size_t i = 0; i < triggers_count; i++)
		if (take(&triggers[i]) < 0)
			return;
}

size_t
post_poll(struct pollfd *to)
{
	for (size_t i = 0; i < DELIVERIES_MAX; i++)
		to[i] = (struct pollfd){ .fd = deliveries[i].fd, .events = delivery_events(&deliveries[i]) };
	return DELIVERIES_MAX;
}

void
post_step(const struct pollfd *from, size_t n)
{
	int64_t now = clock_mono_ms();

	for (size_t i = 0; i < n; i++) {
		struct delivery *d = &deliveries[i];
		if (d->trigger == NULL || d->outcome != OUTCOME_NONE)
			continue;
		if (from[i].revents != 0 || now >= d->deadline)
			delivery_step(d, now);
		if (d->outcome != OUTCOME_NONE)
			settle(d);
	}
}

/* What nobody else looks at. */
static void
sweep(void)
{
	fresh();
	if (messages_forget(pg) < 0 || messages_wake(pg) < 0)
		complain("old messages cannot be looked through");
}

void
post_hold(void)
{
	int64_t now = clock_mono_ms();

	if (settled && now - held >= HOLD_MS && post_going() > 0) {
		fresh();
		held = now;
		if (messages_hold(pg, holder, list(DELIVERIES_MAX, held_id), LEASE_S) < 0)
			complain("leases cannot be kept");
	}
	if (settled && (swept == 0 || now - swept >= SWEEP_MS)) {
		swept = now;
		sweep();
	}
}
