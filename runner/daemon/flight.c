/*
 * flight.c - see flight.h.
 *
 * A flight is known by its key until it is over, and is freed by the last who lets go of it: its maker, and those who
 * wait, who read there how it ended. They sleep on their job's eventfd, as in all else that a job waits for.
 */
#include "flight.h"

#include "clock.h"
#include "keep.h"
#include "queue.h"
#include "settings.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

struct flight_of {
	struct flight_of *next;
	char key[FLIGHT_KEY_MAX + 1];
	int users;
	bool over;
	char *why;
	struct buf said;
};

/* All below under the lock. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct flight_of *flights;			/* that are not over */
static struct flight_of *made_by[SLOTS_MAX];
static struct { struct flight_of *of; int wake; } waiting[SLOTS_MAX];

static struct flight_of *
find(const char *key)
{
	struct flight_of *f = flights;

	while (f != NULL && strcmp(f->key, key) != 0)
		f = f->next;
	return f;
}

static struct flight_of *
begin(const char *key)
{
	struct flight_of *f = calloc(1, sizeof(*f));

	if (f == NULL || strlen(key) > FLIGHT_KEY_MAX)
		abort();
	strcpy(f->key, key);
	f->users = 1;
	f->next = flights;
	flights = f;
	return f;
}

static void
let_go(struct flight_of *f)
{
	if (--f->users > 0)
		return;
	free(f->why);
	buf_free(&f->said);
	free(f);
}

/* Until it is over, or the job is unwanted. The lock is given up meanwhile. */
static void
wait_for(struct job *j, const struct flight_of *f)
{
	int64_t hold_at = clock_mono_ms() + HOLD_MS;

	while (!f->over && !job_unwanted(j)) {
		pthread_mutex_unlock(&lock);
		int64_t ms = hold_at - clock_mono_ms();
		if (poll(&(struct pollfd){ .fd = j->wake, .events = POLLIN }, 1, ms > 0 ? (int)ms : 0) > 0)
			job_woken(j);
		if (clock_mono_ms() >= hold_at) {
			keep_wait(j);
			hold_at = clock_mono_ms() + HOLD_MS;
		}
		pthread_mutex_lock(&lock);
	}
}

static enum flight
outcome(struct job *j, const struct flight_of *f, const char **why, struct buf *said)
{
	if (!f->over || job_unwanted(j))
		return FLIGHT_UNWANTED;
	if (f->why == NULL)
		return FLIGHT_OVER;
	*why = arena_strdup(j->slot->arena, f->why);
	buf_add(said, f->said.data, f->said.len);
	return FLIGHT_FAILED;
}

enum flight
flight_enter(struct job *j, const char *key, const char **why, struct buf *said)
{
	int slot = j->slot->number;
	enum flight end = FLIGHT_MINE;

	pthread_mutex_lock(&lock);
	struct flight_of *f = find(key);
	if (f != NULL) {
		f->users++;
		waiting[slot].of = f;
		waiting[slot].wake = j->wake;
		wait_for(j, f);
		waiting[slot].of = NULL;
		end = outcome(j, f, why, said);
		let_go(f);
	} else if (job_unwanted(j))
		end = FLIGHT_UNWANTED;
	else
		made_by[slot] = begin(key);
	pthread_mutex_unlock(&lock);
	return end;
}

void
flight_leave(struct job *j, const char *why, const struct buf *said)
{
	pthread_mutex_lock(&lock);
	struct flight_of *f = made_by[j->slot->number], **p = &flights;
	made_by[j->slot->number] = NULL;
	while (*p != f)
		p = &(*p)->next;
	*p = f->next;
	f->over = true;
	if (why != NULL && (f->why = strdup(why)) != NULL)
		buf_add(&f->said, said->data, said->len);
	for (size_t i = 0; i < SLOTS_MAX; i++)
		if (waiting[i].of == f)
			eventfd_write(waiting[i].wake, JOB_LOOK);
	let_go(f);
	pthread_mutex_unlock(&lock);
}
