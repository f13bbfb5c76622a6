/*
 * step.c - see step.h.
 *
 * A small brother of job.c's loop: nothing is shown while it goes on, nothing is typed into it, so there are only two
 * streams to read, a clock, a lease and a person who may cancel.
 */
#include "step.h"

#include "clock.h"
#include "door.h"
#include "keep.h"
#include "log.h"
#include "pool.h"
#include "program.h"
#include "queue.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct course {
	struct job *job;
	const struct step *step;
	struct box *box;
	struct door *door;
	struct buf *said;
	struct text_tail tail;
	int64_t until, hold_at, kill_at;	/* monotonic ms; kill_at 0: nothing has been ended */
	bool late, gone, ended;
	const char *failed;
	struct ending ending;
};

static struct program_text
text_of(const char *s)
{
	return (struct program_text){ s, (uint32_t)strlen(s) };
}

static struct program *
program_of(const struct course *c)
{
	const struct step *s = c->step;
	struct program *p = arena_array(c->job->slot->arena, 1, sizeof(*p));

	for (size_t i = 0; i < s->word_count && i < PROGRAM_WORDS_MAX; i++)
		p->argv[p->argc++] = text_of(s->words[i]);
	program_environment(p);
	for (size_t i = 0; i < s->env_count && p->envc < PROGRAM_WORDS_MAX; i++)
		p->env[p->envc++] = text_of(s->env[i]);
	p->filec = (uint32_t)(s->file_count < PROGRAM_FILES_MAX ? s->file_count : PROGRAM_FILES_MAX);
	memcpy(p->files, s->files, p->filec * sizeof(*p->files));
	return p;
}

/* A box with the program in it, and its door open. */
static bool
begin(struct course *c)
{
	const struct step *s = c->step;
	struct slot *slot = c->job->slot;
	struct box_wish wish = { .language = s->language, .class = s->class, .door_host = s->door_host,
		.door_port = s->door_port };
	char port[16];

	slot_fresh(slot);
	c->box = pool_make(&wish, slot->docker, &slot->err);
	if (c->box == NULL)
		return false;
	if (s->door_host != NULL) {
		snprintf(port, sizeof(port), "%d", s->door_port);
		c->door = door_open(c->box->door, s->door_host, port, &slot->err);
		if (c->door == NULL)
			return false;
	}
	c->until = clock_mono_ms() + s->wall_ms;
	return box_start(c->box, &slot->err, program_of(c), -1, s->result) == 0;
}

/* Kept up to STEP_SAID_MAX, read to the end all the same. False: there is no more. */
static bool
listen_to(struct course *c, int fd)
{
	uint8_t data[16384];
	ssize_t n = read(fd, data, sizeof(data));

	if (n > 0 && c->said->len < STEP_SAID_MAX)
		text_add(c->said, &c->tail, data, (size_t)n);
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void
hear(struct course *c)
{
	struct box_said said;

	if (!box_hear(c->box, &said))
		c->gone = true;
	else if (said.kind == MESSAGE_FAILED)
		c->failed = arena_strdup(c->job->slot->arena, said.text);
	else if (said.kind == MESSAGE_ENDED) {
		c->ending = said.ending;
		c->ended = true;
	}
}

static void
on_time(struct course *c, int64_t now)
{
	if (now >= c->hold_at) {
		keep_wait(c->job);
		c->hold_at = now + HOLD_MS;
	}
	if (c->kill_at == 0 && (now >= c->until || job_unwanted(c->job))) {
		c->late = now >= c->until;
		box_end(c->box);
		c->kill_at = now + BOX_OBEY_MS;
	}
	if (c->kill_at != 0 && now >= c->kill_at) {
		box_kill(c->box);
		c->gone = true;
	}
}

static int
patience(const struct course *c, int64_t now)
{
	int64_t next = c->kill_at != 0 ? c->kill_at : c->until;

	if (c->hold_at < next)
		next = c->hold_at;
	return next > now ? (int)(next - now) : 0;
}

static void
watch(struct course *c)
{
	struct box *b = c->box;

	close_fd(&b->in);
	while (!c->ended && !c->gone) {
		struct pollfd p[] = { { .fd = b->sock, .events = POLLIN }, { .fd = b->out, .events = POLLIN },
			{ .fd = b->err, .events = POLLIN }, { .fd = c->job->wake, .events = POLLIN } };
		if (poll(p, 4, patience(c, clock_mono_ms())) > 0) {
			if (p[3].revents != 0)
				job_woken(c->job);
			if (p[1].revents != 0 && !listen_to(c, b->out))
				close_fd(&b->out);
			if (p[2].revents != 0 && !listen_to(c, b->err))
				close_fd(&b->err);
			if (p[0].revents != 0)
				hear(c);
		}
		on_time(c, clock_mono_ms());
	}
}

/* Everybody who could write is dead: what the pipes still hold is all there will be. */
static void
drain(struct course *c)
{
	int *ends[] = { &c->box->out, &c->box->err };

	for (size_t i = 0; i < 2; i++)
		while (*ends[i] >= 0) {
			size_t before = c->said->len;
			if (!listen_to(c, *ends[i]) || c->said->len == before)
				close_fd(ends[i]);
		}
	text_end(c->said, &c->tail);
}

static enum step_end
judge(struct course *c)
{
	if (job_unwanted(c->job))
		return STEP_STOPPED;
	if (c->late)
		return STEP_LATE;	/* also when its init was too busy to obey, and died of it */
	if (c->failed != NULL || !c->ended) {
		buf_clear(c->said);
		buf_str(c->said, c->failed != NULL ? c->failed : "its sandbox was lost");
		return STEP_BROKEN;
	}
	if (WIFEXITED(c->ending.status) && WEXITSTATUS(c->ending.status) == 0)
		return STEP_DONE;
	return cgroup_oom_kills(&c->box->cgroup) > 0 ? STEP_MEMORY : STEP_FAILED;
}

enum step_end
step_run(struct job *j, const struct step *s, struct buf *said)
{
	struct course c = { .job = j, .step = s, .said = said, .hold_at = clock_mono_ms() + HOLD_MS };
	enum step_end end;

	buf_clear(said);
	if (begin(&c)) {
		watch(&c);
		drain(&c);
		end = judge(&c);
		box_tell(c.box, MESSAGE_DONE);
	} else {
		buf_str(said, j->slot->err.detail);
		end = job_unwanted(j) ? STEP_STOPPED : STEP_BROKEN;
	}
	door_close(c.door);
	if (c.box != NULL)
		pool_leave(c.box);
	return end;
}
