/*
 * pools.c - see pools.h.
 *
 * A function whose workers (or zygotes) end before they have served anybody, several in a row, is broken: for a
 * while that doubles from 0.1 to 30 s nothing is started, and who asks meanwhile is told so at once (need.c).
 */
#include "pools.h"

#include "clock.h"
#include "log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define FAILURES_FREE 3		/* one bad request may hit a new worker, and another */
#define DELAY_LEAST 100u	/* ms; doubled up to ... */
#define DELAY_MOST 30000u
#define DOUBLED_MOST 9		/* ... here it would be more */

struct pool *
pool_new(const char *directory, const char *name)
{
	struct pool *p = calloc(1, sizeof(*p));

	if (p == NULL)
		abort();
	if (!place_open(&p->at, directory, name)) {
		pool_free(p);
		return NULL;
	}
	workers_adopt(p);
	need_watch(p);
	return p;
}

void
pool_by(struct pool *p, int64_t at)
{
	p->due = at < p->due ? at : p->due;
}

void
pool_renew(struct pool *p)
{
	p->failures = 0;
	p->retry_at = 0;
	zygote_start(p);
}

/* Of those who were started together and fail together only the first has it wait for longer. */
void
pool_failed(struct pool *p)
{
	int64_t now = clock_mono_ms();

	if (now < p->retry_at || ++p->failures < FAILURES_FREE)
		return;
	unsigned doubled = p->failures - FAILURES_FREE;
	unsigned delay = doubled < DOUBLED_MOST ? DELAY_LEAST << doubled : DELAY_MOST;
	p->retry_at = now + delay;
	log_error("%s is broken: again in %u ms", p->at.name, delay);
}

const char *
pool_how(int status)
{
	static char how[80];
	int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (signal != 0)
		snprintf(how, sizeof(how), "was killed by signal %d (%s)", signal, strsignal(signal));
	else
		snprintf(how, sizeof(how), "ended with %d", WEXITSTATUS(status));
	return how;
}

bool
pool_reaped(struct pool *p, pid_t pid, int status)
{
	if (!zygote_reaped(p, pid, status) && !workers_reaped(p, pid, status))
		return false;
	pool_by(p, 0);
	return true;
}

/* There is a zygote, or will be, and it has forked the least workers there must be. */
static void
keep_least(struct pool *p, struct tally *t, int64_t now)
{
	if (p->zygote == NULL && p->fresh == NULL)
		zygote_start(p);
	while (p->zygote != NULL && t->serving < p->limits.min)
		if (!workers_ask(p, t, now))
			return;
}

bool
pool_tick(struct pool *p, int64_t now)
{
	if (now < p->due)
		return true;
	p->due = NEVER;
	struct tally t = workers_tick(p, now);
	if (p->stopping)
		return t.serving + t.leaving > 0;
	if (t.proven)
		p->failures = 0;
	workers_retire(p, &t);
	zygotes_tick(p, &t, now);
	if (now < p->retry_at)
		pool_by(p, p->retry_at);
	else
		keep_least(p, &t, now);
	need_tick(p, &t, now);
	return true;
}

void
pool_stop(struct pool *p)
{
	p->stopping = true;
	pool_by(p, 0);
	loop_forget(p->at.listener);
	place_forget(&p->at);
	place_settle(&p->at);
	zygote_dismiss(p);
	zygote_end(&p->fresh);
}

void
pool_free(struct pool *p)
{
	place_close(&p->at);
	free(p);
}
