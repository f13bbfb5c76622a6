/*
 * zygotes.c - what happens to a function's zygotes: fnd's side of base/zygote.h.
 *
 * One that owes us a word for LIMIT hangs, and is killed: PostgreSQL has answered it by then, or never will.
 */
#include "pools.h"

#include "clock.h"
#include "conf.h"
#include "log.h"
#include "spawn.h"
#include "zygote.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIMIT 30000		/* ms */

static struct stamp
stamp_now(const struct pool *p)
{
	struct stamp found = { 0 };
	char path[sizeof(p->at.program) + 8];
	struct stat st;

	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s%s", p->at.program, i == 0 ? "" : ".conf");
		if (stat(path, &st) < 0)
			continue;
		found.of[i].inode = st.st_ino;
		found.of[i].written = st.st_mtim;
	}
	return found;
}

bool
pool_is_changed(const struct pool *p)
{
	struct stamp now = stamp_now(p);

	return memcmp(&now, &p->stamp, sizeof(now)) != 0;
}

void
zygote_start(struct pool *p)
{
	struct zygote *z = calloc(1, sizeof(*z));

	if (z == NULL)
		abort();
	zygote_end(&p->fresh);
	p->stamp = stamp_now(p);
	*z = (struct zygote){ p, { zygote_hear, z }, -1, -1, clock_mono_ms(), p->limits };
	conf_read(p->at.program, &z->limits);
	if (p->limits.max == 0)
		p->limits = z->limits;	/* those of the fnd before us have them meanwhile */
	pool_by(p, 0);
	z->pid = spawn(&p->at, &z->limits, &z->control);
	if (z->pid < 0) {
		free(z);
		pool_failed(p);
		return;
	}
	loop_watch(z->control, EPOLLIN, &z->watch);
	p->fresh = z;
}

/* It has nothing to finish itself. */
static void
slay(const struct zygote *z)
{
	if (z->pid > 0)
		kill(z->pid, SIGKILL);
}

void
zygote_end(struct zygote **z)
{
	if (*z == NULL)
		return;
	loop_forget((*z)->control);
	close((*z)->control);
	slay(*z);
	free(*z);
	*z = NULL;
}

bool
zygote_fork(struct zygote *z, unsigned slot)
{
	const struct zygote_word word = { ZYGOTE_FORK, (int32_t)slot, 0 };

	return send(z->control, &word, sizeof(word), MSG_NOSIGNAL | MSG_DONTWAIT) == sizeof(word);
}

void
zygote_dismiss(struct pool *p)
{
	zygote_hear(p->zygote);	/* what it still had to say */
	workers_leave(p);
	zygote_end(&p->zygote);
}

/* The new takes over from the old: of the same function, or of the fnd before us. */
static void
succeed(struct pool *p)
{
	zygote_dismiss(p);
	place_settle(&p->at);
	p->zygote = p->fresh;
	p->fresh = NULL;
	p->limits = p->at.board->limits = p->zygote->limits;
	pool_by(p, 0);
	need_watch(p);
}

static void
heed(struct zygote *z, const struct zygote_word *word)
{
	struct pool *p = z->pool;

	if (word->what == ZYGOTE_READY && z == p->fresh)
		succeed(p);
	else if (word->what == ZYGOTE_FORKED && z == p->zygote)
		workers_forked(p, word->slot, word->pid);
	else if (word->what == ZYGOTE_SERVES && z == p->zygote)
		need_watch(p);	/* we come behind it again */
}

/* One that hangs up ends, and so its workers leave; how it ended, SIGCHLD tells. */
void
zygote_hear(void *zygote)
{
	struct zygote *z = zygote;
	struct zygote_word word;
	ssize_t n = -1;

	while (z != NULL && (n = recv(z->control, &word, sizeof(word), MSG_DONTWAIT)) == sizeof(word))
		heed(z, &word);
	if (n != 0)
		return;
	loop_forget(z->control);
	slay(z);
	if (z == z->pool->zygote)
		workers_leave(z->pool);
}

bool
zygote_reaped(struct pool *p, pid_t pid, int status)
{
	struct zygote **z = p->zygote != NULL && p->zygote->pid == pid ? &p->zygote : &p->fresh;
	const char *then = z == &p->fresh && p->zygote != NULL ? ": the one before serves on" : "";

	if (*z == NULL || (*z)->pid != pid)
		return false;
	log_error("%s, the program itself, %s%s", p->at.name, pool_how(status), then);
	(*z)->pid = 0;
	if (z == &p->zygote)
		zygote_dismiss(p);
	else
		zygote_end(z);
	pool_failed(p);
	return true;
}

static void
expect_word(struct zygote *z, int64_t since, int64_t now)
{
	if (z == NULL || since == 0 || now - since < LIMIT)
		return;
	log_error("%s, the program itself, says nothing: it is killed", z->pool->at.name);
	slay(z);
}

void
zygotes_tick(struct pool *p, const struct tally *t, int64_t now)
{
	if (p->fresh != NULL) {
		expect_word(p->fresh, p->fresh->started, now);
		pool_by(p, now + LOOK);
	}
	expect_word(p->zygote, t->unheard, now);
}
