/*
 * zygotes.c - fnd's side of base/zygote.h.
 */
#include "pools.h"

#include "clock.h"
#include "log.h"
#include "zygote.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct zygote *
zygote_start(struct pool *p, const struct board_limits *limits)
{
	struct zygote *z = calloc(1, sizeof(*z));
	const struct place at = { p->name, p->program, p->listener, p->board_fd, p->takeover, limits };

	if (z == NULL)
		abort();
	z->pool = p;
	z->limits = *limits;
	z->watch = (struct watch){ zygote_hear, z };
	z->pid = spawn_zygote(&at, &p->identity, &z->control);
	if (z->pid < 0) {
		free(z);
		return NULL;
	}
	loop_watch(z->control, EPOLLIN, &z->watch);
	return z;
}

/* Its workers leave with it: it has nothing to finish itself. */
void
zygote_end(struct zygote *z)
{
	if (z == NULL)
		return;
	loop_forget(z->control);
	close(z->control);
	if (z->pid > 0)
		kill(z->pid, SIGKILL);
	free(z);
}

bool
zygote_fork(struct zygote *z, unsigned slot)
{
	const struct zygote_word word = { ZYGOTE_FORK, (int32_t)slot, 0 };

	return send(z->control, &word, sizeof(word), MSG_NOSIGNAL | MSG_DONTWAIT) == sizeof(word);
}

/* The new takes over from the old: of the same function, or of the fnd before us. */
static void
succeed(struct pool *p, int64_t now)
{
	if (p->zygote != NULL)
		zygote_hear(p->zygote);	/* what it still had to say */
	workers_leave(p, now, (int64_t)p->board->limits.deadline * 1000 + 2000);
	workers_unheard(p);
	zygote_end(p->zygote);
	if (p->keeper >= 0)
		close(p->keeper);
	p->keeper = -1;
	p->zygote = p->fresh;
	p->fresh = NULL;
	p->board->limits = p->zygote->limits;
	need_watch(p);
}

static void
heed(struct zygote *z, const struct zygote_word *word)
{
	struct pool *p = z->pool;
	int64_t now = clock_mono_ms();

	if (word->what == ZYGOTE_READY && z == p->fresh)
		succeed(p, now);
	else if (word->what == ZYGOTE_FORKED && z == p->zygote)
		workers_forked(p, word->slot, word->pid, now);
	else if (word->what == ZYGOTE_SERVES && z == p->zygote)
		need_watch(p);	/* we come behind it again */
}

void
zygote_hear(void *zygote)
{
	struct zygote *z = zygote;
	struct zygote_word word;
	ssize_t n;

	while ((n = recv(z->control, &word, sizeof(word), MSG_DONTWAIT)) == sizeof(word))
		heed(z, &word);
	if (n == 0)
		loop_forget(z->control);	/* its end is told by SIGCHLD */
}
