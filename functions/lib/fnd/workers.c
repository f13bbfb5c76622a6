/*
 * workers.c - what happens to a function's workers: asked for, told to leave, killed, buried.
 *
 * A worker that ends without being told to has crashed. If it had served somebody, another takes its place as soon as
 * it is needed; if not, it counts as a failure of the function (pool_failed()). But not where it had taken a request
 * and others of the function were answered lately: there are requests that it cannot bear, and who sends them must not
 * have it closed to everybody. One whose request took more memory than it may have says so itself, to whoever asked,
 * and ends with EX_TEMPFAIL: no failure of the function.
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
#include "zygote.h"

#include <signal.h>
#include <sys/wait.h>
#include <sysexits.h>

#define START_LIMIT 10000	/* ms until a worker that was asked for must serve */
#define OVERDUE_LIMIT 1000	/* ms that one has to say 504 itself */
#define STOP_LIMIT 8000		/* ms that workers have to finish when fnd ends; less than a supervisor gives us */
#define LATELY 5000		/* ms */
#define KEPT 10

static struct slot *
slot_of(struct pool *p, const struct worker *w)
{
	return &p->at.board->slots[w - p->workers];
}

/* The next there is, from `w` on; NULL after the last. */
static struct worker *
next(struct pool *p, struct worker *w)
{
	while (w < p->workers + BOARD_SLOTS && w->asked == 0)
		w++;
	return w < p->workers + BOARD_SLOTS ? w : NULL;
}

/* A place for one that is asked for; 0: it is anyone's again. */
static void
set(struct pool *p, struct worker *w, int64_t asked)
{
	struct slot *s = slot_of(p, w);

	*w = (struct worker){ .asked = asked };
	atomic_store(&s->pid, 0);
	atomic_store(&s->served, 0);
	atomic_store(&s->leaving, 0);
	s->request[0] = '\0';
	board_state(s, asked != 0 ? SLOT_STARTING : SLOT_FREE, clock_mono_us());
}

bool
workers_ask(struct pool *p, struct tally *t, int64_t now)
{
	struct worker *w = p->workers, *end = w + BOARD_SLOTS;

	while (w < end && w->asked != 0)
		w++;
	if (w == end)
		return false;
	set(p, w, now);
	if (!zygote_fork(p->zygote, (unsigned)(w - p->workers))) {
		set(p, w, 0);
		return false;
	}
	board_count(p->at.board, BOARD_STARTED);
	t->serving++;
	t->newest = now;
	pool_by(p, now + LOOK);
	return true;
}

/* False: it is nobody of ours any more. */
static bool
tell(const struct pool *p, const struct worker *w, int signal)
{
	if (w->stranger)
		return place_signal(&p->at, w->pid, signal);
	return w->pid <= 0 || kill(w->pid, signal) == 0;
}

/* What it was told before holds, where that was to end sooner. */
static void
end(struct pool *p, struct worker *w, int signal, int64_t by)
{
	if (w->end_by == 0 || by < w->end_by)
		w->end_by = by;
	atomic_store(&slot_of(p, w)->leaving, 1);
	tell(p, w, signal);
}

/* After its request, which is over by its deadline; or who stops us has less patience. */
static void
leave(struct pool *p, struct worker *w)
{
	int64_t patience = (int64_t)p->limits.deadline * 1000 + 2 * OVERDUE_LIMIT;

	end(p, w, SIGTERM, clock_mono_ms() + (p->stopping ? STOP_LIMIT : patience));
}

/* Those asked for and not forked never will be: their zygote is gone. */
void
workers_leave(struct pool *p)
{
	for (struct worker *w = p->workers; (w = next(p, w)) != NULL; w++)
		if (w->pid == 0)
			set(p, w, 0);
		else
			leave(p, w);
	pool_by(p, 0);
}

void
workers_kick(struct pool *p)
{
	for (struct worker *w = p->workers; (w = next(p, w)) != NULL; w++)
		if (board_look(slot_of(p, w)) == SLOT_IDLE)
			tell(p, w, ZYGOTE_KICK);
}

static uint64_t
answers_given(const struct pool *p)
{
	struct board_operation all;

	board_sum(p->at.board, &all);
	return board_answers(&all, 1, 5);
}

/* Looks whether there are more; often, lest what was given long ago is taken for an answer of now. */
static void
note_answers(struct pool *p)
{
	uint64_t answers = answers_given(p);

	if (answers != p->answers)
		p->answered_at = clock_mono_ms();
	p->answers = answers;
}

/* Of the fnd before us: they serve until our own zygote can. Nobody knows when the board's answers were given. */
void
workers_adopt(struct pool *p)
{
	unsigned n = 0;

	p->answers = answers_given(p);
	for (struct worker *w = p->workers; w < p->workers + BOARD_SLOTS; w++) {
		pid_t pid = atomic_load(&slot_of(p, w)->pid);
		*w = (struct worker){ .asked = clock_mono_ms(), .pid = pid, .stranger = true };
		if (board_look(slot_of(p, w)) != SLOT_FREE && tell(p, w, 0))
			n++;
		else
			set(p, w, 0);
	}
	if (n > 0)
		log_info("%s: %u workers of before are adopted", p->at.name, n);
}

/* It was a request that ended it, and others are answered. */
static bool
is_of_a_request(struct pool *p, const struct worker *w)
{
	note_answers(p);
	return atomic_load(&slot_of(p, w)->state) == SLOT_BUSY && p->answered_at != 0
	    && clock_mono_ms() - p->answered_at < LATELY;
}

/* In peace where it has served as many as it may. */
static void
ended_by_itself(struct pool *p, const struct worker *w, int status)
{
	uint64_t served = atomic_load(&slot_of(p, w)->served), most = p->limits.requests;

	if (WIFEXITED(status) && WEXITSTATUS(status) == EX_TEMPFAIL) {
		log_warn("a worker of %s (%d) had no memory left", p->at.name, (int)w->pid);
		board_count(p->at.board, BOARD_RECYCLED);
		return;
	}
	if (status != 0) {
		log_error("a worker of %s (%d) %s", p->at.name, (int)w->pid, pool_how(status));
		board_count(p->at.board, BOARD_CRASHED);
	} else if (most > 0 && served >= most)
		board_count(p->at.board, BOARD_RECYCLED);
	if (served == 0 && !is_of_a_request(p, w))
		pool_failed(p);
}

static void
ended(struct pool *p, struct worker *w)
{
	set(p, w, 0);
	pool_by(p, 0);
	need_watch(p);	/* whoever waits may have been its */
}

bool
workers_reaped(struct pool *p, pid_t pid, int status)
{
	for (struct worker *w = p->workers; (w = next(p, w)) != NULL; w++)
		if (w->pid == pid && !w->stranger) {
			if (w->end_by == 0)
				ended_by_itself(p, w, status);
			ended(p, w);
			return true;
		}
	return false;
}

/* One that is no child of ours was reaped before we heard of it; or its zygote lies, and we do not signal strangers. */
void
workers_forked(struct pool *p, int32_t slot, pid_t pid)
{
	siginfo_t info;

	if (slot < 0 || slot >= BOARD_SLOTS || p->workers[slot].asked == 0 || p->workers[slot].pid != 0)
		return;
	struct worker *w = &p->workers[slot];
	if (pid > 0 && waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0) {
		w->pid = pid;
		atomic_store(&p->at.board->slots[slot].pid, pid);
		return;
	}
	log_error("a worker of %s ended before it began", p->at.name);
	board_count(p->at.board, BOARD_CRASHED);
	pool_failed(p);
	ended(p, w);
}

static void
say_overdue(struct pool *p, struct worker *w, int64_t now)
{
	const char *request = slot_of(p, w)->request;

	log_error("%s: request %.*s takes longer than %u s: its worker (%d) is ended", p->at.name, BOARD_REQUEST - 1,
	    request[0] != '\0' ? request : "(not read yet)", p->limits.deadline, (int)w->pid);
	board_count(p->at.board, BOARD_OVERDUE);
	end(p, w, ZYGOTE_OVERDUE, now + OVERDUE_LIMIT);
}

static bool
is_longer(int64_t since_us, uint32_t seconds)
{
	return clock_mono_us() - since_us > (int64_t)seconds * 1000000;
}

/* It is killed, or told to end, where that is due. */
static void
look_at(struct pool *p, struct worker *w, enum slot_state state, int64_t now)
{
	int64_t since = atomic_load(&slot_of(p, w)->since);
	bool is_late = state == SLOT_BUSY ? is_longer(since, p->limits.deadline)
					  : state != SLOT_IDLE && w->pid != 0 && now - w->asked > START_LIMIT;

	if (w->end_by != 0 && now >= w->end_by)
		tell(p, w, SIGKILL);
	else if (is_late && state == SLOT_BUSY && (w->end_by == 0 || w->end_by > now + OVERDUE_LIMIT))
		say_overdue(p, w, now);
	else if (is_late && state != SLOT_BUSY)
		end(p, w, SIGKILL, now);
}

static void
count(struct pool *p, const struct worker *w, enum slot_state state, struct tally *t)
{
	const struct slot *s = slot_of(p, w);
	bool is_starting = state != SLOT_IDLE && state != SLOT_BUSY;

	if (w->end_by != 0) {
		t->leaving++;
		return;
	}
	t->serving++;
	t->idle += state == SLOT_IDLE;
	if (is_starting && w->asked > t->newest)
		t->newest = w->asked;
	if (w->pid == 0 && (t->unheard == 0 || w->asked < t->unheard))
		t->unheard = w->asked;
	t->lively |= state == SLOT_BUSY
	    || (state == SLOT_IDLE && !is_longer(atomic_load(&s->since), p->limits.idle));
	t->proven |= !w->stranger && atomic_load(&s->served) > 0;
}

/* Whose slot is not free though nobody has it, was forked by a zygote that died before it could say so. */
struct tally
workers_tick(struct pool *p, int64_t now)
{
	struct tally t = { 0 };

	note_answers(p);
	for (struct worker *w = p->workers; w < p->workers + BOARD_SLOTS; w++) {
		enum slot_state state = atomic_load(&slot_of(p, w)->state);
		if (w->asked != 0 && w->stranger && !tell(p, w, 0))
			ended(p, w);
		if (w->asked == 0) {
			if (state != SLOT_FREE)
				set(p, w, 0);
			continue;
		}
		look_at(p, w, state, now);
		count(p, w, state, &t);
		pool_by(p, now + LOOK);
	}
	return t;
}

void
workers_retire(struct pool *p, const struct tally *t)
{
	const struct board_limits *l = &p->limits;
	uint32_t limit = t->lively ? KEPT * l->idle : l->idle;
	unsigned spare = t->serving > l->min ? t->serving - l->min : 0;

	for (struct worker *w = p->workers; spare > 0 && (w = next(p, w)) != NULL; w++) {
		const struct slot *s = slot_of(p, w);
		if (w->end_by != 0 || board_look(s) != SLOT_IDLE || !is_longer(atomic_load(&s->since), limit))
			continue;
		spare--;
		board_count(p->at.board, BOARD_RETIRED);
		leave(p, w);
	}
}
