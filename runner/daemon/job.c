/*
 * job.c - see job.h.
 *
 * The life of an attempt. It is leased already. If an earlier attempt was seen by people, or too many failed,
 * it ends here: a program is never run twice before their eyes. Else it gets a box; the program's files,
 * arguments and three pipes go to the init; while the interpreter starts, the database and the room are told. Then one
 * loop: what the program prints is shown, its input is fed, the lease is renewed, the clock is watched. The
 * end comes from the init, and if not from there, then by force. The cgroup is read before the init is let go.
 */
#include "job.h"

#include "cases.h"
#include "clock.h"
#include "compile.h"
#include "keep.h"
#include "libraries.h"
#include "log.h"
#include "pool.h"
#include "program.h"
#include "queue.h"
#include "settings.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define BOX_PATIENCE_MS 60000	/* how long a container may be waited for */
#define TYPED_MAX (1 << 20)	/* bytes, in a run's life */
#define LOOK_MS 1000		/* between looks at what was typed, when no bell rings */

/* What cannot be read now never can: the row is to be looked at by a person. */
static void
take_files(struct job *j, const struct run_lease_row *rows)
{
	for (size_t i = 0; i < j->files_count; i++) {
		if (rows[i].path == NULL || rows[i].content == NULL) {
			j->facts.failed = j->dead = "its files cannot be read";
			j->files_count = 0;
			return;
		}
		j->files[i] = (struct program_file){ { rows[i].path, (uint32_t)strlen(rows[i].path) },
			{ rows[i].content, (uint32_t)strlen(rows[i].content) } };
	}
}

struct job *
job_new(struct slot *s, const struct run_lease_row *rows, size_t n, const struct lang *l, int64_t lease_until)
{
	struct job *j = arena_array(s->arena, 1, sizeof(*j));

	j->slot = s;
	j->run = (struct run){ .id = rows->id, .room = rows->room, .participant = rows->participant, .name = rows->name,
		.language = rows->language, .status = RUN_STATUS_STARTING, .image = l->image,
		.trace = rows->trace, .created_at = rows->created_at };
	j->attempt = rows->attempt;
	j->runners_lost = rows->lost;
	j->was_shown = rows->shown;
	j->facts.cancelled = rows->cancel;
	j->facts.oom_kills = -1;
	feed_init(&j->feed, rows->input != NULL ? rows->input : "", rows->interactive ? TYPED_MAX : 0);
	j->look = rows->interactive;
	if (rows->interactive)
		j->run.has_interactive = j->run.interactive = true;
	if (rows->has_rows) {
		j->run.terminal = arena_array(s->arena, 1, sizeof(*j->run.terminal));
		*j->run.terminal = (struct terminal_size){ .rows = rows->rows, .columns = rows->columns };
	}
	j->restricted = rows->restricted;
	if (rows->cases > 0) {
		j->run.cases = arena_array(s->arena, 1, sizeof(*j->run.cases));
		*j->run.cases = (struct run_cases){ .total = rows->cases, .decided = rows->decided,
			.passed = rows->passed };
	}
	j->wall_limit_ms = rows->wall_ms;
	j->language = l;
	j->files_count = n < PROGRAM_FILES_MAX ? n : PROGRAM_FILES_MAX;
	take_files(j, rows);
	j->in = j->out = j->err = j->artifact = -1;
	j->lease_until = lease_until;
	j->leased_at = clock_mono_ms();
	j->note_at = INT64_MAX;
	output_init(&j->output, s->arena, box_limits(BOX_RUN)->output);
	j->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (j->wake < 0)
		abort();
	queue_running(s->number, j->run.id, j->wake);
	return j;
}

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void
job_free(struct job *j)
{
	queue_not_running(j->slot->number);
	close_fd(&j->in);
	close_fd(&j->out);
	close_fd(&j->err);
	close_fd(&j->wake);
	close_fd(&j->artifact);
	if (j->box != NULL)
		pool_leave(j->box);
	libraries_release(j->libraries);
	output_free(&j->output);
	feed_free(&j->feed);
}

/* --- what the init is given */

/* The file that the program starts with: the language's usual one, or else the first. */
static const char *
start_file(const struct job *j)
{
	for (size_t i = 0; i < j->files_count; i++)
		if (strcmp(j->files[i].path.data, j->language->file) == 0)
			return j->language->file;
	return j->files_count > 0 ? j->files[0].path.data : j->language->file;
}

static struct program *
program_of(const struct job *j)
{
	const struct lang *l = j->language;
	struct program *f = arena_array(j->slot->arena, 1, sizeof(*f));

	if (j->restricted && l->restricted_count > 0)
		program_fill(f, l, l->restricted, l->restricted_count, start_file(j));
	else
		program_fill(f, l, l->run, l->run_count, start_file(j));
	if (j->run.terminal != NULL) {
		f->flags = PROGRAM_TERMINAL;
		f->rows = (uint16_t)j->run.terminal->rows;
		f->columns = (uint16_t)j->run.terminal->columns;
		f->env[f->envc++] = (struct program_text){ "TERM=xterm-256color", 19 };
	}
	if (j->artifact >= 0)
		f->artifact = (struct program_text){ j->language->artifact, (uint32_t)strlen(j->language->artifact) };
	f->filec = (uint32_t)j->files_count;
	memcpy(f->files, j->files, j->files_count * sizeof(*f->files));
	return f;
}

/* --- getting a container */

bool
job_unwanted(const struct job *j)
{
	return j->facts.cancelled || j->lost || queue_giving_up();
}

void
job_woken(struct job *j)
{
	eventfd_t what;

	if (eventfd_read(j->wake, &what) < 0)
		return;
	j->look = true;
	if (what >= JOB_CANCEL)
		j->facts.cancelled = true;
}

/* A warm box; or one made now, as often as it takes until a minute has passed. */
static void
find_box(struct job *j)
{
	struct box_wish wish = { .language = j->language, .class = BOX_RUN };
	int64_t until = clock_mono_ms() + BOX_PATIENCE_MS;

	if (j->libraries != NULL)
		wish.mounts[wish.mount_count++] = (struct box_mount){ j->libraries_folder, j->language->libraries };
	else
		j->box = j->run.cases != NULL ? pool_spare(j->language) : pool_take(j->language);
	if (j->box == NULL && j->run.status == RUN_STATUS_STARTING)
		keep_tell(j);
	while (j->box == NULL && !job_unwanted(j)) {
		slot_fresh(j->slot);
		j->box = pool_make(&wish, j->slot->docker, &j->slot->err);
		if (j->box != NULL)
			return;
		log_warn("run %s: no container: %s", j->run.id, j->slot->err.detail);
		if (clock_mono_ms() > until) {
			j->facts.failed = "no sandbox could be started; the operator's log says why";
			return;
		}
		poll(&(struct pollfd){ .fd = j->wake, .events = POLLIN }, 1, 500);
		job_woken(j);
		keep_wait(j);
	}
}

static int
take(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

/* The job to the init, its pipes to us. True when the init has it all; what it then makes of it, it tells. */
static bool
send_job(struct job *j)
{
	slot_fresh(j->slot);
	if (box_start(j->box, &j->slot->err, program_of(j), j->artifact, -1) < 0) {
		if (j->slot->err.kind == ERR_TOO_LARGE)
			j->facts.failed = arena_strdup(j->slot->arena, j->slot->err.detail);
		return false;
	}
	if (j->run.terminal != NULL)
		return true;
	j->in = take(&j->box->in);
	j->out = take(&j->box->out);
	j->err = take(&j->box->err);
	return true;
}

/* A box may die between being taken and being used (the engine was restarted): then another. */
static bool
start(struct job *j)
{
	while (j->facts.failed == NULL && !job_unwanted(j)) {
		find_box(j);
		if (j->box == NULL)
			continue;
		j->run.image = j->box->image;
		cgroup_reset_peak(&j->box->cgroup);
		j->cpu_before_us = box_cpu_us(j->box);
		if (send_job(j)) {
			j->started_at = clock_mono_ms();
			return true;
		}
		pool_leave(j->box);
		j->box = NULL;
	}
	return false;
}

/* --- while it runs */

static void
stop(struct job *j)
{
	if (j->kill_at != 0)
		return;
	box_end(j->box);
	j->kill_at = clock_mono_ms() + BOX_OBEY_MS;
}

/* Whether it printed more than it may. */
static bool
over(const struct job *j)
{
	return j->capture != NULL ? j->capture->over : j->output.over;
}

static void
feed(struct job *j)
{
	if (j->in >= 0 && !feed_write(&j->feed, j->in))
		close_fd(&j->in);
	j->look = true;		/* there may be room for more */
}

/* What was typed, where anybody may. A lost bell is made up for each second. */
static void
type(struct job *j, int64_t now)
{
	if (!j->run.interactive || j->in < 0 || (!j->look && now < j->look_at))
		return;
	j->look = false;
	j->look_at = now + LOOK_MS;
	if (keep_take(j))
		feed(j);
}

/* What is there to read now, at most a window's worth, so that the other stream has its turn. */
static void
read_stream(struct job *j, int *fd, enum stream stream)
{
	uint8_t data[OUTPUT_CHUNK];
	ssize_t n = *fd < 0 ? -1 : read(*fd, data, sizeof(data));

	if (n > 0 && j->capture != NULL)
		capture_add(j->capture, stream, data, (size_t)n);
	else if (n > 0)
		output_add(&j->output, stream, data, (size_t)n);
	else if (n == 0 || (n < 0 && errno == EIO))	/* EIO: nobody has the terminal open any more */
		close_fd(fd);
}

/* The terminal is both ends at once. */
static void
take_terminal(struct job *j)
{
	j->out = take(&j->box->terminal);
	j->in = fcntl(j->out, F_DUPFD_CLOEXEC, 0);
	feed(j);
}

static void
measure(struct job *j)
{
	const struct cgroup *g = &j->box->cgroup;
	const struct ending *e = &j->facts.ending;
	int64_t cpu = box_cpu_us(j->box), peak = cgroup_peak_kb(g), most = j->box->limits->memory / 1024;

	j->facts.oom_kills = cgroup_oom_kills(g);
	j->run.has_cpu_ms = j->run.has_wall_ms = j->run.has_memory_kb = true;
	cpu = cpu >= 0 && j->cpu_before_us >= 0 ? cpu - j->cpu_before_us : (int64_t)e->cpu_us;
	j->run.cpu_ms = (cpu + 500) / 1000;
	/* The one leaves out what it shares with other containers, the other all but its largest process. */
	if (peak < (int64_t)e->memory_kb)
		peak = (int64_t)e->memory_kb;
	j->run.memory_kb = peak < most ? peak : most;
	j->run.wall_ms = (int64_t)e->wall_us / 1000;
}

static void
hear(struct job *j)
{
	struct box_said said;

	if (!box_hear(j->box, &said))
		j->gone = true;
	else if (said.kind == MESSAGE_TERMINAL)
		take_terminal(j);
	else if (said.kind == MESSAGE_STARTED)
		box_spare(j->box);
	else if (said.kind == MESSAGE_FAILED)
		j->facts.failed = arena_printf(j->slot->arena, "the program could not be started: %s", said.text);
	else if (said.kind == MESSAGE_ENDED) {
		j->facts.ending = said.ending;
		j->facts.ended = true;
	}
}

static int
sooner(int a, int64_t b)
{
	if (b < 0)
		b = 0;
	return a < 0 || b < a ? (int)b : a;
}

/* Milliseconds until something is due that no descriptor tells of. */
static int
patience(const struct job *j, int64_t now)
{
	int ms = output_wait(&j->output, now);

	ms = sooner(ms, (j->note_at < j->hold_at ? j->note_at : j->hold_at) - now);
	if (j->run.interactive && j->in >= 0)
		ms = sooner(ms, j->look ? 0 : j->look_at - now);
	if (j->kill_at != 0)
		return sooner(ms, j->kill_at - now);
	if (j->shown < j->output.count)
		ms = sooner(ms, j->show_after - now);
	return sooner(ms, j->started_at + j->wall_limit_ms - now);
}

/* What is due by the clock. */
static void
on_time(struct job *j, int64_t now)
{
	if (output_wait(&j->output, now) == 0)
		output_cut(&j->output, now, clock_wall_ms());
	type(j, now);
	keep_show(j);
	if (now >= j->hold_at)
		keep_hold(j);
	else if (now >= j->note_at)
		keep_note(j);
	if (j->kill_at == 0 && now >= j->started_at + j->wall_limit_ms)
		j->facts.late = true;
	if (j->facts.late || j->facts.cancelled || over(j) || j->lost)
		stop(j);
	else if (queue_giving_up() && j->kill_at == 0) {
		j->given_up = true;
		stop(j);
	}
	if (j->kill_at != 0 && now >= j->kill_at) {
		log_warn("run %s: %s does not obey; it is killed", j->run.id, j->box->name);
		j->facts.ending.wall_us = (uint64_t)(now - j->started_at) * 1000;
		measure(j);
		box_kill(j->box);
		j->gone = true;
	}
}

static void
on_descriptors(struct job *j, const struct pollfd *p)
{
	if (p[4].revents != 0)
		job_woken(j);
	if (p[3].revents != 0)
		feed(j);
	if (p[1].revents != 0)
		read_stream(j, &j->out, STREAM_STDOUT);
	if (p[2].revents != 0)
		read_stream(j, &j->err, STREAM_STDERR);
	if (p[0].revents != 0)
		hear(j);
}

static void
watch(struct job *j)
{
	while (!j->facts.ended && !j->gone) {
		bool more = !over(j);
		struct pollfd p[] = { { .fd = j->box->sock, .events = POLLIN },
			{ .fd = more ? j->out : -1, .events = POLLIN }, { .fd = more ? j->err : -1, .events = POLLIN },
			{ .fd = feed_due(&j->feed) ? j->in : -1, .events = POLLOUT },
			{ .fd = j->wake, .events = POLLIN } };
		int n = poll(p, 5, patience(j, clock_mono_ms()));
		if (n > 0)
			on_descriptors(j, p);
		on_time(j, clock_mono_ms());
	}
}

static int64_t
taken(const struct job *j)
{
	return j->capture != NULL ? j->capture->taken : j->output.taken;
}

/* Everybody who could write is dead: what is left in the pipes is all there will be. */
static void
drain(struct job *j)
{
	struct { int *fd; enum stream stream; } ends[] = { { &j->out, STREAM_STDOUT }, { &j->err, STREAM_STDERR } };

	for (size_t i = 0; i < 2; i++)
		while (*ends[i].fd >= 0 && !over(j)) {
			int64_t before = taken(j);
			read_stream(j, ends[i].fd, ends[i].stream);
			if (taken(j) == before)
				break;
		}
	output_end(&j->output);
	output_cut(&j->output, clock_mono_ms(), clock_wall_ms());
}

/* --- the end */

/* Whether this attempt must not run the program at all. */
static bool
too_late(struct job *j)
{
	if (j->attempt > 1 && (keep_recover(j) || j->was_shown))
		j->facts.lost = "its runner was lost while it ran; what it had printed until then is kept";
	else if (j->runners_lost >= JOB_LOST_MAX)
		j->facts.lost = j->dead = arena_printf(j->slot->arena,
		    "%d runners or sandboxes were lost over it; it is not tried again", JOB_LOST_MAX);
	return j->facts.lost != NULL || j->facts.failed != NULL || j->facts.cancelled;
}

static void
finish(struct job *j)
{
	j->facts.over = j->output.over;
	j->facts.wall_limit_ms = j->wall_limit_ms;
	j->facts.output_limit = j->output.limit;
	j->facts.memory_limit = box_limits(BOX_RUN)->memory;
	verdict(j->slot->arena, &j->facts, &j->run);
	keep_finish(j);
}

static void
run(struct job *j)
{
	feed(j);
	if (j->run.status != RUN_STATUS_RUNNING) {
		j->run.status = RUN_STATUS_RUNNING;
		keep_note(j);
		keep_tell(j);
	}
	j->hold_at = j->lease_until - LEASE_S * 1000 + HOLD_MS;
	watch(j);
	if (!j->facts.ended && j->kill_at == 0)
		j->facts.ending.wall_us = (uint64_t)(clock_mono_ms() - j->started_at) * 1000;
	if (j->facts.ended || j->kill_at == 0)
		measure(j);
	if (j->facts.ended)
		box_tell(j->box, MESSAGE_DONE);
	drain(j);
}

/* As it was before anything ran. */
static void
begin_again(struct job *j)
{
	close_fd(&j->in);
	close_fd(&j->out);
	close_fd(&j->err);
	if (j->box != NULL)
		pool_leave(j->box);
	j->box = NULL;
	j->kill_at = 0;
	j->gone = false;
	j->facts.ended = j->facts.late = false;
	j->facts.oom_kills = -1;
}

bool
job_try(struct job *j, const char *input, struct capture *c)
{
	j->capture = c;
	feed_init(&j->feed, input, false);
	begin_again(j);
	if (start(j))
		run(j);
	return (j->facts.ended || j->facts.late || c->over) && !j->given_up;
}

void
job_run(struct job *j)
{
	if (too_late(j)) {
		finish(j);
		return;
	}
	if (libraries_get(j) == LIBRARIES_REFUSED) {
		finish(j);
		return;
	}
	bool compiled = j->facts.failed == NULL && compile(j, start_file(j));
	if (compiled && j->run.cases != NULL) {
		cases_run(j);
		return;
	}
	if (compiled && start(j))
		run(j);
	/* A program that makes itself small has the kernel kill the init in its place: its end, not a loss. */
	bool starved = !j->facts.ended && j->facts.oom_kills > 0;
	bool over = j->facts.cancelled || j->facts.failed != NULL || j->facts.uncompiled != NULL || j->facts.late ||
	    j->output.over || starved;
	if ((!j->facts.ended || j->given_up) && !over) {
		if (j->shown == 0) {
			keep_hand_back(j);
			return;
		}
		j->facts.lost = arena_printf(j->slot->arena,
		    "its %s while it ran; what it had printed until then is kept",
		    j->given_up ? "runner was stopped" : "sandbox was lost");
	}
	finish(j);
}
