/*
 * shells.c - see shells.h.
 */
#include "shells.h"

#include "box.h"
#include "clock.h"
#include "log.h"
#include "pool.h"
#include "queries_runner.h"
#include "settings.h"
#include "shell.h"
#include "shell_log.h"
#include "slot.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define LOOK_MS 2000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct { char terminal[32]; int wake; } seats[TERMINALS_MAX];
static atomic_bool stop_all;

static const struct lang *languages;
static size_t languages_count;

static bool
stopping(void)
{
	return stop_all;
}

void
shells_rung(const char *terminal)
{
	bool found = false;

	pthread_mutex_lock(&lock);
	for (int i = 0; i < settings.terminals; i++)
		if (strcmp(seats[i].terminal, terminal) == 0) {
			eventfd_write(seats[i].wake, 2);
			found = true;
		}
	/* Not one of ours: perhaps it is new. */
	for (int i = 0; i < settings.terminals && !found; i++)
		if (seats[i].terminal[0] == '\0') {
			eventfd_write(seats[i].wake, 1);
			found = true;
		}
	pthread_mutex_unlock(&lock);
}

static void
sit(int seat, const char *terminal)
{
	pthread_mutex_lock(&lock);
	snprintf(seats[seat].terminal, sizeof(seats[seat].terminal), "%s", terminal);
	pthread_mutex_unlock(&lock);
}

/* One terminal, from its claim to its end. False: none waits. */
static bool
serve(struct slot *s, int seat)
{
	struct shell_claim_row *rows;

	slot_fresh(s);
	arena_reset(s->arena);
	pg_bind(s->pg, s->arena, &s->err);
	const char *ours = languages_ready(s->arena, languages, languages_count);
	int n = shell_claim(s->pg, &rows, settings.name, ours, SHELL_LEASE_S);
	if (n < 0)
		log_warn("terminals are not looked for: %s", s->err.detail);
	if (n <= 0)
		return false;
	sit(seat, rows->id);
	log_request(NULL, rows->trace);
	log_info("terminal %s: opened", rows->id);
	const struct lang *l = language_named(languages, languages_count, rows->language);
	shell_run(s, rows, (size_t)n, l, seats[seat].wake, stopping);
	sit(seat, "");
	log_request(NULL, NULL);
	return true;
}

static void
bury(struct slot *s, const struct shells_lost_row *t)
{
	const char *reason = t->runner != NULL ? "its runner was lost: open it again" :
						 "all terminals are in use: try again in some minutes";
	struct shell_bury_row *row;

	log_request(NULL, t->trace);

	if (!shell_log_rescue(s, t->id))
		return;
	slot_fresh(s);
	if (shell_bury(s->pg, &row, t->id, reason) <= 0)
		return;
	log_info("terminal %s: %s", t->id, reason);
	shell_tell(s, &(struct terminal){ .id = t->id, .room = t->room, .participant = t->participant, .name = t->name,
	    .language = t->language, .status = TERMINAL_STATUS_ENDED, .rows = t->lines, .columns = t->columns,
	    .reason = reason, .created_at = t->created_at, .started_at = t->started_at, .ended_at = row->ended_at });
}

/* Those that nobody has. */
static void
bury_lost(struct slot *s)
{
	struct shells_lost_row *rows;

	slot_fresh(s);
	arena_reset(s->arena);
	pg_bind(s->pg, s->arena, &s->err);
	int n = shells_lost(s->pg, &rows);
	for (int i = 0; i < n; i++)
		bury(s, &rows[i]);
	log_request(NULL, NULL);
}

static void *
work(void *arg)
{
	int seat = (int)(intptr_t)arg;
	struct slot *s = slot_new(settings.slots + seat);
	struct pollfd p = { .fd = seats[seat].wake, .events = POLLIN };
	eventfd_t what;

	for (;;) {
		poll(&p, 1, LOOK_MS);
		eventfd_read(seats[seat].wake, &what);
		while (!stop_all && pool_engine() && serve(s, seat))
			;
	}
	return NULL;
}

/* A thread of its own: those above have a terminal for hours. */
static void *
look_after_lost(void *arg)
{
	struct slot *s = slot_new(settings.slots + settings.terminals);

	(void)arg;
	while (!stop_all) {
		bury_lost(s);
		usleep(LOOK_MS * 1000);
	}
	return NULL;
}

int
shells_returned(struct slot *s)
{
	return shells_orphan(s->pg, settings.name) < 0 ? -1 : 0;
}

void
shells_start(const struct lang *table, size_t n)
{
	pthread_t thread;

	languages = table;
	languages_count = n;
	if (pthread_create(&thread, NULL, look_after_lost, NULL) != 0)
		abort();
	for (int i = 0; i < settings.terminals; i++) {
		seats[i].wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		if (seats[i].wake < 0 || pthread_create(&thread, NULL, work, (void *)(intptr_t)i) != 0)
			abort();
	}
}

static bool
all_empty(void)
{
	bool empty = true;

	pthread_mutex_lock(&lock);
	for (int i = 0; i < settings.terminals; i++)
		empty = empty && seats[i].terminal[0] == '\0';
	pthread_mutex_unlock(&lock);
	return empty;
}

void
shells_stop(int ms)
{
	int64_t until = clock_mono_ms() + ms;

	stop_all = true;
	for (int i = 0; i < settings.terminals; i++)
		eventfd_write(seats[i].wake, 1);
	while (!all_empty() && clock_mono_ms() < until)
		usleep(20000);
}
