/*
 * workers.c - what happens to a function's workers: asked for, told to leave, killed, buried.
 *
 * A worker that ends without being told to has crashed. If it had served somebody, another takes its place as soon as
 * it is needed; if not, it counts as a failure of the function (pool_failed()).
 *
 * Who has been idle for long leaves. But while others of the function are asked it stays KEPT times as long: load comes
 * in small bursts, and each time a worker that has just left were started again, with a new connection to PostgreSQL.
 *
 * A pid is a child of ours until we have waited for it, so a signal cannot hit anyone else; strangers, of the fnd
 * before us, are known by the socket that they have.
 */
#include "pools.h"

#include "clock.h"
#include "log.h"
#include "takeover.h"
#include "zygote.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#define START_LIMIT 10000	/* ms until a worker that was asked for must serve */
#define OVERDUE_LIMIT 1000	/* ms that one has to say 504 itself */
#define LOOK 500
#define KEPT 10

static struct slot *
slot_of(struct pool *p, const struct worker *w)
{
	return &p->board->slots[w - p->workers];
}

static bool
is_idle_or_busy(enum slot_state state)
{
	return state == SLOT_IDLE || state == SLOT_BUSY;
}

struct tally
workers_tally(const struct pool *p)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < BOARD_SLOTS; i++) {
		const struct worker *w = &p->workers[i];
		if (w->asked == 0)
			continue;
		enum slot_state state = board_look(&p->board->slots[i]);
		if (w->kill_at != 0 || w->overdue != 0)
			t.leaving++;
		else
			*(state == SLOT_IDLE ? &t.idle : state == SLOT_BUSY ? &t.busy : &t.starting) += 1;
	}
	return t;
}

/* The place is anyone's again. */
static void
forget(struct pool *p, struct worker *w)
{
	struct slot *s = slot_of(p, w);

	*w = (struct worker){ 0 };
	atomic_store(&s->pid, 0);
	board_state(s, SLOT_FREE, clock_mono_us());
}

static void
take_slot(struct pool *p, struct worker *w, int64_t now)
{
	struct slot *s = slot_of(p, w);

	*w = (struct worker){ .asked = now };
	atomic_store(&s->served, 0);
	atomic_store(&s->leaving, 0);
	s->request[0] = '\0';
	board_state(s, SLOT_STARTING, clock_mono_us());
}

bool
workers_ask(struct pool *p, int64_t now)
{
	struct worker *w = p->workers, *end = w + BOARD_SLOTS;

	while (w < end && w->asked != 0)
		w++;
	if (w == end)
		return false;
	take_slot(p, w, now);
	if (zygote_fork(p->zygote, (unsigned)(w - p->workers))) {
		board_count(p->board, BOARD_STARTED);
		return true;
	}
	forget(p, w);
	return false;
}

void
workers_unheard(struct pool *p)
{
	for (struct worker *w = p->workers; w < p->workers + BOARD_SLOTS; w++)
		if (w->asked != 0 && w->pid == 0)
			forget(p, w);
}

static void
tell(const struct worker *w, int signal, const struct pool *p)
{
	if (w->pid > 0 && (!w->stranger || takeover_is_worker(w->pid, p->listener)))
		kill(w->pid, signal);
}

static void
leave(struct pool *p, struct worker *w, int64_t kill_at)
{
	if (w->kill_at != 0) {
		w->kill_at = kill_at < w->kill_at ? kill_at : w->kill_at;
		return;
	}
	w->kill_at = kill_at;
	atomic_store(&slot_of(p, w)->leaving, 1);
	tell(w, SIGTERM, p);
}

void
workers_leave(struct pool *p, int64_t now, int64_t limit)
{
	for (struct worker *w = p->workers; w < p->workers + BOARD_SLOTS; w++)
		if (w->asked != 0)
			leave(p, w, now + limit);
}

void
workers_kick(struct pool *p)
{
	for (struct worker *w = p->workers; w < p->workers + BOARD_SLOTS; w++)
		if (w->asked != 0 && board_look(slot_of(p, w)) == SLOT_IDLE)
			tell(w, ZYGOTE_KICK, p);
}

/* Of the fnd before us: they serve until our own zygote can. */
void
workers_adopt(struct pool *p, int64_t now)
{
	unsigned n = 0;

	for (struct worker *w = p->workers; w < p->workers + BOARD_SLOTS; w++) {
		pid_t pid = atomic_load(&slot_of(p, w)->pid);
		if (board_look(slot_of(p, w)) != SLOT_FREE && takeover_is_worker(pid, p->listener)) {
			*w = (struct worker){ .asked = now, .pid = pid, .stranger = true };
			n++;
		} else
			forget(p, w);
	}
	if (n > 0)
		log_info("%s: %u workers of before are adopted", p->name, n);
}

static void
tell_crash(const struct pool *p, pid_t pid, int status)
{
	if (WIFSIGNALED(status))
		log_error("a worker of %s (%d) was killed by signal %d (%s)", p->name, (int)pid, WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
	else
		log_error("a worker of %s (%d) ended with %d", p->name, (int)pid, WEXITSTATUS(status));
}

/* In peace where its zygote is gone, or it has served as many as it may. */
static void
ended_by_itself(struct pool *p, const struct worker *w, int status, int64_t now)
{
	uint64_t served = atomic_load(&slot_of(p, w)->served), most = p->board->limits.requests;

	if (status != 0) {
		tell_crash(p, w->pid, status);
		board_count(p->board, BOARD_CRASHED);
	} else if (most > 0 && served >= most)
		board_count(p->board, BOARD_RECYCLED);
	if (served == 0)
		pool_failed(p, now);
}

static void
ended(struct pool *p, struct worker *w)
{
	forget(p, w);
	need_watch(p);	/* whoever waits may have been its */
}

bool
workers_reaped(struct pool *p, pid_t pid, int status, int64_t now)
{
	for (struct worker *w = p->workers; w < p->workers + BOARD_SLOTS; w++)
		if (w->pid == pid && w->asked != 0 && !w->stranger) {
			if (w->kill_at == 0 && w->overdue == 0)
				ended_by_itself(p, w, status, now);
			ended(p, w);
			return true;
		}
	return false;
}

/* One that is no child of ours was reaped before we heard of it; or its zygote lies, and we do not signal strangers. */
void
workers_forked(struct pool *p, int32_t slot, pid_t pid, int64_t now)
{
	siginfo_t info;

	if (slot < 0 || slot >= BOARD_SLOTS || p->workers[slot].asked == 0 || p->workers[slot].pid != 0)
		return;
	struct worker *w = &p->workers[slot];
	if (pid > 0 && waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0) {
		w->pid = pid;
		atomic_store(&p->board->slots[slot].pid, pid);
		return;
	}
	log_error("a worker of %s ended before it began", p->name);
	board_count(p->board, BOARD_CRASHED);
	pool_failed(p, now);
	ended(p, w);
}

static void
say_overdue(struct pool *p, struct worker *w, int64_t now)
{
	const struct slot *s = slot_of(p, w);

	if (w->overdue == 0) {
		log_error("%s: request %.*s takes longer than %u s: its worker (%d) is ended", p->name,
		    BOARD_REQUEST - 1, s->request, p->board->limits.deadline, (int)w->pid);
		board_count(p->board, BOARD_OVERDUE);
		w->overdue = now;
		tell(w, ZYGOTE_OVERDUE, p);
	} else if (now - w->overdue >= OVERDUE_LIMIT)
		tell(w, SIGKILL, p);
}

static bool
is_longer(int64_t since_us, uint32_t seconds)
{
	return clock_mono_us() - since_us > (int64_t)seconds * 1000000;
}

/* Seconds after which who is idle may leave. */
static uint32_t
patience(const struct pool *p)
{
	uint32_t idle = p->board->limits.idle;

	for (const struct slot *s = p->board->slots; s < p->board->slots + BOARD_SLOTS; s++) {
		enum slot_state state = board_look(s);
		if (state == SLOT_BUSY || (state == SLOT_IDLE && !is_longer(atomic_load(&s->since), idle)))
			return KEPT * idle;
	}
	return idle;
}

/* `spare`: workers beyond the least that are kept. */
static void
look_at(struct pool *p, struct worker *w, unsigned *spare, int64_t now)
{
	struct slot *s = slot_of(p, w);
	enum slot_state state = atomic_load(&s->state);
	int64_t since = atomic_load(&s->since);

	if (w->overdue != 0 || (state == SLOT_BUSY && is_longer(since, p->board->limits.deadline)))
		say_overdue(p, w, now);
	else if (w->kill_at != 0 && now >= w->kill_at)
		tell(w, SIGKILL, p);
	else if (w->kill_at == 0 && state == SLOT_IDLE && *spare > 0 && is_longer(since, patience(p))) {
		(*spare)--;
		board_count(p->board, BOARD_RETIRED);
		leave(p, w, now + STOP_LIMIT);
	} else if (!is_idle_or_busy(state) && w->kill_at == 0 && now - w->asked > START_LIMIT)
		leave(p, w, now);
}

int64_t
workers_tick(struct pool *p, int64_t now)
{
	struct tally t = workers_tally(p);
	unsigned serving = t.starting + t.idle + t.busy;
	unsigned spare = serving > p->board->limits.min ? serving - p->board->limits.min : 0;

	for (size_t i = 0; i < BOARD_SLOTS; i++) {
		struct worker *w = &p->workers[i];
		if (w->asked == 0 ? board_look(&p->board->slots[i]) != SLOT_FREE
				  : w->stranger && !takeover_is_worker(w->pid, p->listener))
			forget(p, w);
		if (w->asked != 0)
			look_at(p, w, &spare, now);
	}
	return serving + t.leaving > 0 ? LOOK : FOREVER;
}
