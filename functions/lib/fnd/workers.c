/*
 * workers.c - see workers.h.
 *
 * A function owns its listening socket for as long as we live; workers come and go behind it and no connection
 * is refused meanwhile. A worker is
 *
 *	waiting -> running -> waiting ...	it ended by itself: after a healthy spell it is started again at
 *						once, else after a delay that doubles from 0.1 to 30 s
 *	running -> leaving -> gone		it was told SIGTERM: it finishes its request; it is killed after a while
 *
 * How many a function has: `workers N` in <program>.conf beside the program (functions/<name>/pool.conf), else
 * $VIVA_WORKERS, else 2.
 */
#include "workers.h"

#include "clock.h"
#include "config.h"
#include "log.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DELAY_LEAST 100
#define DELAY_MOST 30000
#define HEALTHY 10000		/* who lived so long may be started at once again */
#define TERM_LIMIT 8000		/* then it is killed; less than a supervisor gives us */
#define WORKERS_MAX 256

struct function {
	struct function *next;
	char name[64];
	char program[1024];
	int listener, board_fd;
	struct board *board;
	bool found;		/* by the scan that is going on */
};

struct worker {
	struct worker *next;
	struct function *function;
	unsigned slot;		/* of the function's scoreboard */
	pid_t pid;		/* 0: waiting */
	int64_t began, due, delay;
	bool leaving, told;	/* told: it was sent SIGTERM */
	int64_t kill_at;
};

static struct function *functions;
static struct worker *workers;
static struct identity identity;

/* `workers N` of a small file; comments begin with #. */
static int
count_in(const char *path, int otherwise)
{
	char line[128];
	int n = otherwise, found;
	FILE *f = fopen(path, "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, " workers %d", &found) == 1 && found >= 1 && found <= WORKERS_MAX)
			n = found;
	if (f != NULL)
		fclose(f);
	return n;
}

static int
count_of(const struct function *f)
{
	char path[sizeof(f->program) + 8];

	snprintf(path, sizeof(path), "%s.conf", f->program);
	return count_in(path, (int)config_int("VIVA_WORKERS", 2, 1, WORKERS_MAX));
}

static struct function *
find(const char *name)
{
	struct function *f = functions;

	while (f != NULL && strcmp(f->name, name) != 0)
		f = f->next;
	return f;
}

static struct function *
add_function(const char *directory, const char *name)
{
	struct function *f = calloc(1, sizeof(*f));

	if (f == NULL)
		abort();
	snprintf(f->name, sizeof(f->name), "%.48s", name);
	snprintf(f->program, sizeof(f->program), "%.900s/%.48s", directory, name);
	f->board = spawn_board(name, &identity, &f->board_fd);
	f->listener = f->board != NULL ? spawn_listen(name, &identity) : -1;
	if (f->listener < 0) {
		free(f);
		return NULL;
	}
	for (size_t i = 0; i < BOARD_SLOTS; i++)
		board_state(&f->board->slots[i], SLOT_FREE, clock_mono_us());
	f->next = functions;
	functions = f;
	return f;
}

static void
add_workers(struct function *f, int n)
{
	while (n-- > 0) {
		struct worker *w = calloc(1, sizeof(*w));
		if (w == NULL)
			abort();
		w->function = f;
		w->next = workers;
		workers = w;
	}
}

static bool
is_program(const char *directory, const char *name)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name) && strlen(name) < 48
	    && access(path, X_OK) == 0;
}

static int
scan(const char *directory)
{
	DIR *d = opendir(directory);
	int n = 0;

	for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
		struct function *f = find(e->d_name);
		if (!is_program(directory, e->d_name) ||
		    (f == NULL && (f = add_function(directory, e->d_name)) == NULL))
			continue;
		f->found = true;
		add_workers(f, count_of(f));
		n++;
	}
	if (d != NULL)
		closedir(d);
	return n;
}

static void
leave(struct worker *w, int64_t now)
{
	if (w->leaving)
		return;
	w->leaving = true;
	w->kill_at = now + TERM_LIMIT;
}

static void
forget_functions(bool all)
{
	for (struct function **at = &functions; *at != NULL;) {
		struct function *f = *at;
		if (f->found && !all) {
			at = &f->next;
			continue;
		}
		*at = f->next;
		spawn_forget(f->name);
		close(f->listener);
		close(f->board_fd);
		board_free(f->board);
		for (struct worker *w = workers; w != NULL; w = w->next)
			if (w->function == f)
				w->function = NULL;
		free(f);
	}
}

int
workers_load(const char *directory, const struct identity *who)
{
	int64_t now = clock_mono_ms();

	identity = *who;
	for (struct worker *w = workers; w != NULL; w = w->next)
		leave(w, now);
	for (struct function *f = functions; f != NULL; f = f->next)
		f->found = false;
	int n = scan(directory);
	forget_functions(false);
	if (n > 0) {
		log_info("%d functions from %s", n, directory);
		return 0;
	}
	log_error("no function in %s can be served: build them with make", directory);
	return -1;
}

/* NULL where there is none: then as many leave as may live. */
static struct slot *
free_slot(struct function *f, unsigned *at)
{
	for (unsigned i = 0; i < BOARD_SLOTS; i++)
		if (board_look(&f->board->slots[i]) == SLOT_FREE) {
			*at = i;
			f->board->slots[i].served = 0;
			f->board->slots[i].leaving = 0;
			return &f->board->slots[i];
		}
	return NULL;
}

static void
start(struct worker *w, int64_t now)
{
	struct function *f = w->function;
	struct slot *slot = free_slot(f, &w->slot);
	struct place at = { f->name, f->program, f->listener, f->board_fd, w->slot };

	w->began = now;
	w->due = now + DELAY_MOST;
	if (slot == NULL)
		return;
	board_state(slot, SLOT_STARTING, clock_mono_us());
	pid_t pid = spawn_worker(&at, &identity);
	w->pid = pid > 0 ? pid : 0;
	if (pid < 0)
		board_state(slot, SLOT_FREE, clock_mono_us());
	else {
		atomic_store(&slot->pid, pid);
		board_count(f->board, BOARD_STARTED);
	}
}

/* What a running worker that leaves needs now; the time until it needs something again. */
static int64_t
push(struct worker *w, int64_t now)
{
	if (!w->told)
		kill(w->pid, SIGTERM);
	w->told = true;
	if (w->function != NULL)
		atomic_store(&w->function->board->slots[w->slot].leaving, 1);
	if (now >= w->kill_at)
		kill(w->pid, SIGKILL);
	return w->kill_at > now ? w->kill_at - now : DELAY_LEAST;
}

/* New workers first, so that somebody serves when the old ones leave. */
int64_t
workers_tick(int64_t now)
{
	int64_t wait = DELAY_MOST;

	for (struct worker *w = workers; w != NULL; w = w->next)
		if (w->pid == 0 && !w->leaving && w->due <= now)
			start(w, now);
	for (struct worker **at = &workers; *at != NULL;) {
		struct worker *w = *at;
		int64_t next = DELAY_MOST;
		if (w->leaving && w->pid == 0) {
			*at = w->next;
			free(w);
			continue;
		}
		if (w->leaving)
			next = push(w, now);
		else if (w->pid == 0)
			next = w->due > now ? w->due - now : 0;
		wait = next < wait ? next : wait;
		at = &w->next;
	}
	return wait;
}

static void
tell_end(const struct worker *w, int status)
{
	const char *name = w->function != NULL ? w->function->name : "a function that is gone";

	if (w->leaving)
		return;
	if (WIFSIGNALED(status))
		log_error("a worker of %s was killed by signal %d (%s)", name, WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
	else
		log_error(
		    "a worker of %s ended with %d; again in %lld ms", name, WEXITSTATUS(status), (long long)w->delay);
}

void
workers_ended(pid_t pid, int status, int64_t now)
{
	struct worker *w = workers;

	while (w != NULL && w->pid != pid)
		w = w->next;
	if (w == NULL)
		return;
	w->pid = 0;
	if (w->function != NULL) {
		board_state(&w->function->board->slots[w->slot], SLOT_FREE, clock_mono_us());
		if (!w->leaving)
			board_count(w->function->board, BOARD_CRASHED);
	}
	if (now - w->began >= HEALTHY)
		w->delay = 0;
	w->due = now + w->delay;
	tell_end(w, status);
	w->delay = w->delay == 0 ? DELAY_LEAST : w->delay * 2 > DELAY_MOST ? DELAY_MOST : w->delay * 2;
}

void
workers_stop(int64_t now)
{
	for (struct worker *w = workers; w != NULL; w = w->next)
		leave(w, now);
	forget_functions(true);
}

int
workers_left(void)
{
	int n = 0;

	for (struct worker *w = workers; w != NULL; w = w->next)
		n++;
	return n;
}
