/*
 * pools.c - see pools.h.
 *
 * A function whose workers (or zygotes) end before they have served anybody, several in a row, is broken: for a
 * while that doubles from 0.1 to 30 s nothing is started, and who asks meanwhile is told so at once (need.c).
 */
#include "pools.h"

#include "clock.h"
#include "conf.h"
#include "log.h"
#include "takeover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FAILURES_FREE 3		/* one bad request may hit a new worker, and another */
#define DELAY_LEAST 100
#define DELAY_MOST 30000

/* What is on disk now; all zero where there is nothing. */
static void
look_at_files(const struct pool *p, struct stat *program, struct stat *conf)
{
	char path[sizeof(p->program) + 8];

	snprintf(path, sizeof(path), "%s.conf", p->program);
	if (stat(p->program, program) < 0)
		memset(program, 0, sizeof(*program));
	if (stat(path, conf) < 0)
		memset(conf, 0, sizeof(*conf));
}

static bool
is_other(const struct stat *a, const struct stat *b)
{
	return a->st_ino != b->st_ino || a->st_size != b->st_size || a->st_mtim.tv_sec != b->st_mtim.tv_sec
	    || a->st_mtim.tv_nsec != b->st_mtim.tv_nsec;
}

bool
pool_is_changed(const struct pool *p)
{
	struct stat program, conf;

	look_at_files(p, &program, &conf);
	return is_other(&program, &p->program_stat) || is_other(&conf, &p->conf_stat);
}

/* What a fnd that was killed has left, or all of it new. */
static bool
open_sockets(struct pool *p)
{
	p->keeper = takeover_ask(p->name, &p->listener, &p->takeover);
	if (p->keeper < 0)
		p->listener = spawn_listen(p->name, &p->identity);
	if (p->keeper < 0 && p->listener >= 0)
		p->takeover = takeover_listen(p->name);
	return p->listener >= 0 && p->takeover >= 0;
}

struct pool *
pool_new(const char *directory, const char *name, const struct identity *who)
{
	struct pool *p = calloc(1, sizeof(*p));

	if (p == NULL)
		abort();
	p->identity = *who;
	snprintf(p->name, sizeof(p->name), "%s", name);
	snprintf(p->program, sizeof(p->program), "%.900s/%s", directory, name);
	p->listener = p->takeover = p->keeper = -1;
	p->board = spawn_board(name, who, &p->board_fd);
	if (p->board == NULL || !open_sockets(p)) {
		pool_free(p);
		return NULL;
	}
	workers_adopt(p, clock_mono_ms());
	need_watch(p);
	return p;
}

static void
start_zygote(struct pool *p)
{
	struct board_limits limits = p->board->limits;

	look_at_files(p, &p->program_stat, &p->conf_stat);
	if (conf_read(p->program, &limits) < 0 && limits.max == 0)
		conf_defaults(&limits);
	p->fresh = zygote_start(p, &limits);
}

void
pool_renew(struct pool *p)
{
	zygote_end(p->fresh);
	p->failures = 0;
	p->retry_at = 0;
	start_zygote(p);
}

bool
pool_is_broken(const struct pool *p, int64_t now)
{
	return now < p->retry_at;
}

void
pool_failed(struct pool *p, int64_t now)
{
	int64_t delay = DELAY_LEAST;

	p->failures++;
	if (p->failures < FAILURES_FREE)
		return;
	for (unsigned i = FAILURES_FREE; i < p->failures && delay < DELAY_MOST; i++)
		delay *= 2;
	delay = delay < DELAY_MOST ? delay : DELAY_MOST;
	p->retry_at = now + delay;
	log_error("%s is broken: again in %lld ms", p->name, (long long)delay);
}

static void
zygote_ended(struct pool *p, struct zygote **z, int status, int64_t now)
{
	const char *how = WIFSIGNALED(status) ? "was killed by signal" : "ended with";
	const char *then = z == &p->fresh && p->zygote != NULL ? ": the one before serves on" : "";

	log_error("%s, the program itself, %s %d%s", p->name, how,
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), then);
	(*z)->pid = 0;
	zygote_end(*z);
	*z = NULL;
	if (z == &p->zygote)
		workers_unheard(p);
	pool_failed(p, now);
}

bool
pool_reaped(struct pool *p, pid_t pid, int status, int64_t now)
{
	struct zygote **z = p->zygote != NULL && p->zygote->pid == pid ? &p->zygote
	    : p->fresh != NULL && p->fresh->pid == pid		       ? &p->fresh
								       : NULL;

	if (z == NULL)
		return workers_reaped(p, pid, status, now);
	zygote_ended(p, z, status, now);
	return true;
}

static void
keep_least(struct pool *p, int64_t now)
{
	struct tally t = workers_tally(p);

	for (unsigned n = t.starting + t.idle + t.busy; p->zygote != NULL && n < p->board->limits.min; n++)
		if (!workers_ask(p, now))
			return;
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Somebody who has served proves that the function works. */
static bool
has_served(const struct pool *p)
{
	for (size_t i = 0; i < BOARD_SLOTS; i++)
		if (p->workers[i].asked != 0 && !p->workers[i].stranger && atomic_load(&p->board->slots[i].served) > 0)
			return true;
	return false;
}

int64_t
pool_tick(struct pool *p, int64_t now)
{
	int64_t wait = workers_tick(p, now);

	if (p->stopping)
		return wait;
	if (p->failures > 0 && has_served(p))
		p->failures = 0;
	if (!pool_is_broken(p, now)) {
		if (p->zygote == NULL && p->fresh == NULL)
			start_zygote(p);
		keep_least(p, now);
	} else
		wait = sooner(wait, p->retry_at - now);
	return sooner(wait, need_tick(p, now));
}

void
pool_stop(struct pool *p, int64_t now)
{
	p->stopping = true;
	loop_forget(p->listener);
	spawn_forget(p->name);
	workers_leave(p, now, STOP_LIMIT);
	zygote_end(p->zygote);
	zygote_end(p->fresh);
	p->zygote = p->fresh = NULL;
	workers_unheard(p);
}

bool
pool_is_empty(const struct pool *p)
{
	for (size_t i = 0; i < BOARD_SLOTS; i++)
		if (p->workers[i].asked != 0)
			return false;
	return true;
}

void
pool_free(struct pool *p)
{
	const int fds[] = { p->listener, p->takeover, p->keeper, p->board != NULL ? p->board_fd : -1 };

	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	board_free(p->board);
	free(p);
}
