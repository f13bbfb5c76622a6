/*
 * shell.c - see shell.h.
 *
 * One loop, as a run has one (job.c), but what comes from the program is a terminal's bytes, what goes in is what
 * everybody in the room types, and it ends when nobody needs it any more: the shell exits, a person closes it, the
 * room ends, nothing happened for five minutes, it printed more than is kept, its runner stops. What was typed is
 * taken from Redis while the shell keeps up (feed.h); all that happens goes into the log (shell_log.h).
 *
 * A terminal is never taken over: when its runner dies the shell is dead, too. Another runner, or the next life of the
 * same one, ends it (shells.c), and people open a new one.
 */
#include "shell.h"

#include "box.h"
#include "clock.h"
#include "feed.h"
#include "log.h"
#include "pool.h"
#include "settings.h"
#include "shell_log.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LOOK_MS 1000			/* between looks at what was typed, when no bell rings */
#define MADE_MS 60000			/* how long a container may be waited for */
#define PRINTED_MAX (INT64_C(8) << 20)	/* bytes that are kept of one terminal */
#define TYPED_MAX (INT64_C(8) << 20)

struct shell {
	struct slot *slot;
	struct terminal terminal;	/* as the room sees it */
	const struct lang *language;
	struct box *box;
	struct shell_log log;
	struct feed feed;
	char input[64];			/* the key of what is typed */
	int wake;
	bool look;
	bool lost;			/* the lease is not ours any more: say nothing */
	bool ended, gone;		/* the init told the end; went away */
	const char *reason;		/* why it is to end; NULL: it is not */
	int64_t hold_at, look_at, kill_at, busy_at;	/* monotonic ms */
};

static void
complain(const struct shell *t, const char *what)
{
	log_warn("terminal %s: %s: %s", t->terminal.id, what, t->slot->err.detail);
}

static void
finish(struct shell *t, const char *reason)
{
	if (t->reason == NULL)
		t->reason = reason;
}

/* --- beginning */

static struct program_text
text_of(const char *s)
{
	return (struct program_text){ s, (uint32_t)strlen(s) };
}

static struct program *
program_of(const struct shell *t, const struct shell_claim_row *rows, size_t n)
{
	static const char *const words[] = { "/bin/bash", "-i" };
	static const char *const env[] = { "PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/w", "USER=viva", "LOGNAME=viva",
		"SHELL=/bin/bash", "LANG=C.UTF-8", "TERM=xterm-256color", "HISTFILE=" };
	struct program *p = arena_array(t->slot->arena, 1, sizeof(*p));

	p->flags = PROGRAM_TERMINAL;
	p->rows = (uint16_t)t->terminal.rows;
	p->columns = (uint16_t)t->terminal.columns;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		p->argv[p->argc++] = text_of(words[i]);
	for (size_t i = 0; i < sizeof(env) / sizeof(*env); i++)
		p->env[p->envc++] = text_of(env[i]);
	for (size_t i = 0; i < t->language->env_count && p->envc < PROGRAM_WORDS_MAX; i++)
		p->env[p->envc++] = text_of(t->language->env[i]);
	for (size_t i = 0; i < n && i < PROGRAM_FILES_MAX && rows[i].path != NULL && rows[i].content != NULL; i++)
		p->files[p->filec++] = (struct program_file){ text_of(rows[i].path), text_of(rows[i].content) };
	return p;
}

/* Renews the lease; with it the database learns how it stands, and we what people wish. */
static void
hold(struct shell *t, int64_t now)
{
	struct shell_hold_row *row;
	struct slot *s = t->slot;

	slot_fresh(s);
	int n = shell_hold(s->pg, &row, t->terminal.id, settings.name, SHELL_LEASE_S,
	    terminal_status_names[t->terminal.status], t->terminal.rows, t->terminal.columns);
	t->hold_at = now + (n < 0 ? 1000 : SHELL_HOLD_MS);
	if (n < 0)
		complain(t, "the lease is not renewed");
	else if (n == 0) {
		t->lost = true;
		finish(t, "it is no longer ours");
	} else if (row->close)
		finish(t, "it was closed");
	else if (row->over)
		finish(t, "the interview has ended");
}

static bool
make_box(struct shell *t, bool (*stopping)(void))
{
	struct box_wish wish = { .language = t->language, .class = BOX_TERMINAL };
	int64_t until = clock_mono_ms() + MADE_MS;

	while (t->reason == NULL) {
		slot_fresh(t->slot);
		t->box = pool_make(&wish, t->slot->docker, &t->slot->err);
		if (t->box != NULL)
			return true;
		complain(t, "no container");
		if (clock_mono_ms() > until)
			finish(t, "no sandbox could be started; the operator's log says why");
		if (stopping())
			finish(t, "its runner was stopped: open it again");
		usleep(500000);
		hold(t, clock_mono_ms());
	}
	return false;
}

static bool
start(struct shell *t, const struct shell_claim_row *rows, size_t n)
{
	slot_fresh(t->slot);
	if (box_start(t->box, &t->slot->err, program_of(t, rows, n), -1, -1) == 0)
		return true;
	complain(t, "it could not be started");
	finish(t, t->slot->err.kind == ERR_TOO_LARGE ? "its files are larger than a sandbox takes" :
						       "its sandbox died before it began: open it again");
	return false;
}

/* --- while it lives */

static void
resize(struct shell *t, const struct feed_entry *e)
{
	unsigned short rows, columns;

	if (sscanf(e->data, "%3hux%3hu", &rows, &columns) != 2 ||
	    (rows == t->terminal.rows && columns == t->terminal.columns))
		return;
	struct winsize size = { .ws_row = rows, .ws_col = columns };
	if (t->box->terminal >= 0 && ioctl(t->box->terminal, TIOCSWINSZ, &size) < 0)
		log_warn("terminal %s: resize: %s", t->terminal.id, strerror(errno));
	t->terminal.rows = rows;
	t->terminal.columns = columns;
	shell_log_did(&t->log, TERMINAL_CHUNK_KIND_RESIZE, e->participant, e->data, e->len);
}

/* Writes what was typed, as far as the shell takes it. */
static void
feed(struct shell *t)
{
	if (t->box->terminal >= 0)
		feed_write(&t->feed, t->box->terminal);
	t->look = true;		/* there may be room for more */
}

/* What was typed since. */
static void
take(struct shell *t, int64_t now)
{
	struct feed_entry *entries;
	struct slot *s = t->slot;

	if (t->box->terminal < 0 || (!t->look && now < t->look_at))
		return;
	t->look = false;
	t->look_at = now + LOOK_MS;
	slot_fresh(s);
	if (t->log.stored == t->log.count)
		feed_taken(&t->feed, s->redis, t->input);
	int n = feed_take(&t->feed, s->redis, s->scratch, t->input, &entries);
	if (n < 0)
		complain(t, "what was typed is not known");
	for (int i = 0; i < n; i++) {
		if (entries[i].size)
			resize(t, &entries[i]);
		else
			shell_log_did(&t->log, TERMINAL_CHUNK_KIND_INPUT, entries[i].participant, entries[i].data,
			    entries[i].len);
	}
	if (n > 0) {
		t->busy_at = now;
		feed(t);
	}
}

static void
read_terminal(struct shell *t)
{
	uint8_t data[16384];
	ssize_t n = read(t->box->terminal, data, sizeof(data));

	if (n > 0) {
		t->busy_at = clock_mono_ms();
		shell_log_printed(&t->log, data, (size_t)n);
	} else if (n == 0 || errno == EIO) {	/* nobody has it open any more */
		close(t->box->terminal);
		t->box->terminal = -1;
	}
}

static void
hear(struct shell *t)
{
	struct box_said said;

	if (!box_hear(t->box, &said)) {
		t->gone = true;
		finish(t, "its sandbox was lost: open it again");
	} else if (said.kind == MESSAGE_FAILED)
		finish(t, arena_printf(t->slot->arena, "it could not be started: %s", said.text));
	else if (said.kind == MESSAGE_ENDED) {
		t->ended = true;
		finish(t, "the shell has ended");
	} else if (said.kind == MESSAGE_STARTED) {
		t->terminal.status = TERMINAL_STATUS_RUNNING;
		hold(t, clock_mono_ms());
		shell_tell(t->slot, &t->terminal);
	}
}

static void
on_time(struct shell *t, int64_t now)
{
	take(t, now);
	shell_log_work(&t->log, now);
	if (now >= t->hold_at)
		hold(t, now);
	if (now >= t->busy_at + settings.idle_ms)
		finish(t, arena_printf(t->slot->arena, "nobody used it for %d %s",
		    settings.idle_ms / (settings.idle_ms < 120000 ? 1000 : 60000),
		    settings.idle_ms < 120000 ? "seconds" : "minutes"));
	if (t->log.printed > PRINTED_MAX)
		finish(t, "it printed more than is kept of one terminal: open another");
	if (t->reason != NULL && t->kill_at == 0) {
		box_tell(t->box, MESSAGE_KILL);
		t->kill_at = now + BOX_OBEY_MS;
	}
	if (t->kill_at != 0 && now >= t->kill_at) {
		box_kill(t->box);
		t->gone = true;
	}
}

static int
patience(const struct shell *t, int64_t now)
{
	int64_t at[] = { t->hold_at, t->busy_at + settings.idle_ms, t->kill_at != 0 ? t->kill_at : INT64_MAX,
		t->box->terminal < 0 ? INT64_MAX : t->look ? now : t->look_at };
	int log = shell_log_wait(&t->log, now);
	int64_t soonest = log < 0 ? INT64_MAX : now + log;

	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++)
		if (at[i] < soonest)
			soonest = at[i];
	return soonest > now ? (int)(soonest - now) : 0;
}

static void
look_up(struct shell *t, bool (*stopping)(void))
{
	eventfd_t what;

	if (eventfd_read(t->wake, &what) < 0)
		return;
	t->look = true;
	t->hold_at = what >= 2 ? 0 : t->hold_at;	/* somebody closed it, perhaps */
	if (stopping())
		finish(t, "its runner was stopped: open it again");
}

static void
live(struct shell *t, bool (*stopping)(void))
{
	t->busy_at = clock_mono_ms();
	while (!t->ended && !t->gone) {
		short events = (short)((shell_log_full(&t->log) ? 0 : POLLIN) | (t->feed.typed.len > 0 ? POLLOUT : 0));
		struct pollfd p[] = { { .fd = t->box->sock, .events = POLLIN },
			{ .fd = events != 0 ? t->box->terminal : -1, .events = events },
			{ .fd = t->wake, .events = POLLIN } };
		int n = poll(p, 3, patience(t, clock_mono_ms()));
		if (n > 0 && p[2].revents != 0)
			look_up(t, stopping);
		if (n > 0 && (p[1].revents & POLLOUT) != 0)
			feed(t);
		if (n > 0 && (p[1].revents & ~POLLOUT) != 0)
			read_terminal(t);
		if (n > 0 && p[0].revents != 0)
			hear(t);
		on_time(t, clock_mono_ms());
	}
	for (int i = 0; i < 64 && t->box->terminal >= 0; i++)
		read_terminal(t);
	if (t->ended)
		box_tell(t->box, MESSAGE_DONE);
}

/* --- the end */

static void
end(struct shell *t)
{
	struct shell_end_row *row;
	struct slot *s = t->slot;
	int n;

	shell_log_end(&t->log);
	do {
		slot_fresh(s);
		n = t->lost ? 0 : shell_end(s->pg, &row, t->terminal.id, settings.name, t->reason);
		if (n < 0) {
			complain(t, "its end is not stored yet");
			usleep(500000);
		}
	} while (n < 0 && s->err.kind == ERR_BUSY);
	log_info("terminal %s: %s", t->terminal.id, t->reason);
	if (n <= 0)
		return;
	t->terminal.status = TERMINAL_STATUS_ENDED;
	t->terminal.reason = t->reason;
	t->terminal.ended_at = row->ended_at;
	shell_tell(s, &t->terminal);
}

void
shell_run(struct slot *s, const struct shell_claim_row *rows, size_t n, const struct lang *l, int wake,
    bool (*stopping)(void))
{
	struct shell *t = arena_array(s->arena, 1, sizeof(*t));

	t->slot = s;
	t->language = l;
	t->wake = wake;
	t->look = true;
	t->terminal = (struct terminal){ .id = rows->id, .room = rows->room, .participant = rows->participant,
		.name = rows->name, .language = rows->language, .status = TERMINAL_STATUS_STARTING,
		.rows = rows->lines, .columns = rows->columns, .created_at = rows->created_at,
		.started_at = rows->started_at };
	snprintf(t->input, sizeof(t->input), "terminal:%s:input", rows->id);
	shell_log_init(&t->log, s, rows->id, rows->room);
	feed_init(&t->feed, "", TYPED_MAX);
	if (make_box(t, stopping) && start(t, rows, n))
		live(t, stopping);
	end(t);
	if (t->box != NULL)
		pool_leave(t->box);
	feed_free(&t->feed);
	shell_log_free(&t->log);
}
