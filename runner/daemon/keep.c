/*
 * keep.c - see keep.h.
 */
#include "keep.h"

#include "clock.h"
#include "log.h"
#include "metrics.h"
#include "queue.h"
#include "settings.h"
#include "shape.h"
#include "store.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REDIS_AGAIN_MS 200
#define NOTE_MS 50			/* until the database learns that output was shown: most end before */
#define STREAM_LIVES_S 600		/* after the end; a forgotten one an hour */

static struct metric runs = METRIC_COUNTER("viva_runs_total", "Runs that ended here.", "language", "status");
static struct metric handed_back =
    METRIC_COUNTER("viva_runs_handed_back_total", "Runs given back to the queue.", "language");
static struct metric service = METRIC_SECONDS("viva_run_seconds", "From the lease of a run to its end.", "language");
static struct metric first_byte =
    METRIC_SECONDS("viva_first_byte_seconds", "From the lease of a run to its first output shown.", "language");

/* ERR_BUSY is worth another try; the rest is our mistake and goes to the log once more each time it happens. */
static void
complain(struct job *j, const char *what)
{
	log_warn("run %s: %s: %s", j->run.id, what, j->slot->err.detail);
}

static void
lease_is_lost(struct job *j)
{
	log_warn("run %s: attempt %lld is no longer ours", j->run.id, (long long)j->attempt);
	j->lost = true;
}

void
keep_hold(struct job *j)
{
	struct run_hold_row *row;
	struct slot *s = j->slot;
	int64_t now = clock_mono_ms();

	slot_fresh(s);
	int n = run_hold(s->pg, &row, j->run.id, j->attempt, settings.name, LEASE_S, j->shown > 0, j->run.image);
	if (n < 0) {
		complain(j, "the lease is not renewed");
		j->hold_at = now + 1000;
		return;
	}
	if (n == 0) {
		lease_is_lost(j);
		return;
	}
	j->lease_until = now + LEASE_S * 1000;
	j->hold_at = now + HOLD_MS;
	j->note_at = INT64_MAX;
	j->facts.cancelled |= row->cancel;
	if (j->run.started_at == NULL)
		j->run.started_at = arena_strdup(s->arena, row->started_at);
}

void
keep_note(struct job *j)
{
	struct run_note_row *row;
	struct slot *s = j->slot;

	slot_fresh(s);
	j->note_at = INT64_MAX;
	int n = run_note(s->pg, &row, j->run.id, j->attempt, settings.name, j->shown > 0, j->run.image);
	if (n < 0)
		complain(j, "it is not noted that it runs");	/* the next renewal does that, too */
	else if (n == 0)
		lease_is_lost(j);
	else {
		j->facts.cancelled |= row->cancel;
		if (j->run.started_at == NULL)
			j->run.started_at = arena_strdup(s->arena, row->started_at);
	}
}

void
keep_wait(struct job *j)
{
	struct run_wait_row *row;
	struct slot *s = j->slot;
	int64_t now = clock_mono_ms();

	slot_fresh(s);
	int n = run_wait(s->pg, &row, j->run.id, j->attempt, settings.name, LEASE_S,
	    run_status_names[j->run.status]);
	if (n < 0)
		complain(j, "the lease is not renewed");
	else if (n == 0)
		lease_is_lost(j);
	else {
		j->lease_until = now + LEASE_S * 1000;
		j->facts.cancelled |= row->cancel;
	}
}

/* An entry as store() made it: id "<seq>-0", fields s, d, t in this order and, of what was typed, p. */
static void
recover_entry(struct job *j, const redisReply *e)
{
	const redisReply *f = e->elements == 2 ? e->element[1] : NULL;

	if (f == NULL || f->elements < 6)
		return;
	output_adopt(&j->output, &(struct chunk){ .seq = strtoll(e->element[0]->str, NULL, 10),
	    .stream = stream_of(f->element[1]->str), .data = f->element[3]->str, .len = f->element[3]->len,
	    .at_ms = strtoll(f->element[5]->str, NULL, 10),
	    .participant = f->elements == 8 ? f->element[7]->str : NULL });
}

bool
keep_recover(struct job *j)
{
	struct slot *s = j->slot;

	slot_fresh(s);
	redisReply *r = redis_cmd(s->redis, "XRANGE run:%s:output - +", j->run.id);
	if (r == NULL)
		complain(j, "what an earlier attempt printed is not known");
	for (size_t i = 0; r != NULL && i < r->elements; i++)
		recover_entry(j, r->element[i]);
	j->shown = j->output.count;
	return j->shown > 0;
}

static void
publish(struct job *j, struct buf *json)
{
	struct slot *s = j->slot;
	struct err e = { 0 };
	char channel[64];

	snprintf(channel, sizeof(channel), "room.%s", j->run.room);
	if (realtime_publish_text(s->realtime, &e, channel, json->data, json->len) < 0)
		log_warn("run %s: not shown: %s", j->run.id, e.detail);
	buf_free(json);
}

void
keep_tell(struct job *j)
{
	struct run_event event = { .type = RUN_EVENT_TYPE_RUN, .run = j->run };
	struct buf json = { 0 };

	run_event_encode(&json, &event);
	publish(j, &json);
}

static void
show_chunk(struct job *j, const struct chunk *c)
{
	struct run_output_event event = { .type = RUN_OUTPUT_EVENT_TYPE_RUN_OUTPUT, .run = j->run.id,
		.chunk = { .seq = c->seq, .stream = c->stream, .data = c->data, .participant = c->participant } };
	struct buf json = { 0 };

	run_output_event_encode(&json, &event);
	publish(j, &json);
}

/* Redis has this entry already: the answer to an earlier try was lost. */
static bool
there_already(const struct err *e)
{
	return strstr(e->detail, "equal or smaller") != NULL;
}

static int
store_chunk(struct job *j, const struct chunk *c)
{
	if (c->participant != NULL)
		return redis_send(j->slot->redis, "XADD run:%s:output %lld-0 s %s d %b t %lld p %s", j->run.id,
		    (long long)c->seq, stream_names[c->stream], c->data, c->len, (long long)c->at_ms, c->participant);
	return redis_send(j->slot->redis, "XADD run:%s:output %lld-0 s %s d %b t %lld", j->run.id, (long long)c->seq,
	    stream_names[c->stream], c->data, c->len, (long long)c->at_ms);
}

/* Sends chunks [from, to) in one go. Returns how far it came. */
static size_t
store_some(struct job *j, size_t from, size_t to)
{
	struct slot *s = j->slot;
	size_t sent = from, done = from;

	for (; sent < to; sent++) {
		if (store_chunk(j, &j->output.chunks[sent]) < 0)
			break;
	}
	for (; done < sent; done++) {
		if (redis_reply(s->redis) == NULL && !there_already(&s->err))
			break;
		err_clear(&s->err);
	}
	return done;
}

/*
 * The first alone: a Redis that is still loading refuses it, and might have loaded by the second, which would then
 * take its place.
 */
static size_t
store(struct job *j, size_t from, size_t to)
{
	slot_fresh(j->slot);
	size_t done = store_some(j, from, from + 1);
	if (done > from && done < to)
		done = store_some(j, done, to);
	if (from == 0 && done > 0)	/* nobody waits for the answer */
		redis_send(j->slot->redis, "EXPIRE run:%s:output 3600", j->run.id);
	return done;
}

void
keep_show(struct job *j)
{
	int64_t now = clock_mono_ms();

	if (j->shown == j->output.count || j->lost || now < j->show_after)
		return;
	if (now >= j->lease_until) {
		j->show_after = now + REDIS_AGAIN_MS;
		return;
	}
	size_t stored = store(j, j->shown, j->output.count);
	if (stored < j->output.count) {
		if (j->show_after == 0)
			complain(j, "output waits until it can be stored");
		j->show_after = now + REDIS_AGAIN_MS;
	} else
		j->show_after = 0;
	if (j->shown == 0 && stored > 0) {
		metric_seconds(&first_byte, now - j->leased_at, j->run.language, NULL);
		j->note_at = now + NOTE_MS;
	}
	for (; j->shown < stored; j->shown++)
		show_chunk(j, &j->output.chunks[j->shown]);
}

bool
keep_take(struct job *j)
{
	char key[64];
	struct slot *s = j->slot;
	struct feed_entry *entries;
	int64_t mono = clock_mono_ms(), wall = clock_wall_ms();

	snprintf(key, sizeof(key), "run:%s:input", j->run.id);
	slot_fresh(s);
	if (j->shown == j->output.count)
		feed_taken(&j->feed, s->redis, key);
	int n = feed_take(&j->feed, s->redis, s->scratch, key, &entries);
	if (n < 0)
		complain(j, "what was typed is not known");
	for (int i = 0; i < n; i++) {
		if (entries[i].len > 0)
			output_typed(&j->output, entries[i].participant, entries[i].data, entries[i].len, mono, wall);
		if (entries[i].eof)
			output_typed(&j->output, entries[i].participant, "\004", 1, mono, wall);
	}
	return n > 0;
}

/* All chunks as one JSON array: one statement brings them all to the database, or where each is in the store. */
static void
encode_output(struct buf *b, const struct output *o, bool elsewhere)
{
	size_t place = 0;

	buf_str(b, "[");
	for (size_t i = 0; i < o->count; i++) {
		const struct chunk *c = &o->chunks[i];
		buf_printf(b, "%s{\"seq\":%lld,\"stream\":\"%s\",\"t\":%lld,", i > 0 ? "," : "",
		    (long long)c->seq, stream_names[c->stream], (long long)c->at_ms);
		if (elsewhere)
			buf_printf(b, "\"place\":%zu,\"size\":%zu", place, c->len);
		else {
			buf_str(b, "\"data\":");
			json_text(b, c->data, c->len);
		}
		place += c->len;
		if (c->participant != NULL)
			buf_printf(b, ",\"p\":\"%s\"", c->participant);
		buf_str(b, "}");
	}
	buf_str(b, "]");
}

static const int64_t *
optional(bool has, const int64_t *value)
{
	return has ? value : NULL;
}

/* Everybody in the room hears this: of a hidden case it says what a candidate may know. */
static void
tell_case(struct job *j, const struct case_verdict *v)
{
	struct run_case_event event = { .type = RUN_CASE_EVENT_TYPE_RUN_CASE, .run = j->run.id, .verdict = *v };
	struct buf json = { 0 };

	if (v->hidden)
		event.verdict = (struct case_verdict){ .number = v->number, .name = v->name, .hidden = true,
			.status = v->status };
	run_case_event_encode(&json, &event);
	publish(j, &json);
}

bool
keep_case(struct job *j, const struct run_case *c)
{
	const struct case_verdict *v = &c->verdict;
	struct run_decide_row *row;
	int n = -1;

	for (int wait_ms = 100; !j->lost && n < 0;) {
		slot_fresh(j->slot);
		n = run_decide(j->slot->pg, &row, j->run.id, j->attempt, settings.name, v->number,
		    case_status_names[v->status], optional(v->has_exit_code, &v->exit_code),
		    optional(v->has_signal, &v->signal), optional(v->has_cpu_ms, &v->cpu_ms),
		    optional(v->has_wall_ms, &v->wall_ms), optional(v->has_memory_kb, &v->memory_kb), c->output,
		    c->errors, c->cut, optional(c->has_line, &c->line));
		if (n == 0)
			lease_is_lost(j);
		if (n >= 0)
			break;
		complain(j, "a verdict is not stored yet");
		if (j->slot->err.kind != ERR_BUSY) {
			j->facts.failed = "a verdict could not be stored";
			break;
		}
		usleep((useconds_t)wait_ms * 1000);
		wait_ms = wait_ms < 1000 ? wait_ms * 2 : 1000;
	}
	if (n > 0)
		tell_case(j, v);
	return n > 0;
}

static void
ended(struct job *j, const char *started_at, const char *ended_at)
{
	if (started_at != NULL)
		j->run.started_at = arena_strdup(j->slot->arena, started_at);
	j->run.ended_at = arena_strdup(j->slot->arena, ended_at);
}

/* 1: it ended, by us; 0: it is not ours; -1: the database could not do it. */
static int
finish_once(struct job *j, const char *output, const char *printed)
{
	struct run_finish_row *row;
	struct run_ended_row *before;
	const struct run *r = &j->run;
	struct slot *s = j->slot;

	slot_fresh(s);
	int n = run_finish(s->pg, &row, r->id, j->attempt, settings.name, run_status_names[r->status],
	    optional(r->has_exit_code, &r->exit_code), optional(r->has_signal, &r->signal),
	    optional(r->has_cpu_ms, &r->cpu_ms), optional(r->has_wall_ms, &r->wall_ms),
	    optional(r->has_memory_kb, &r->memory_kb), r->detail, j->shown > 0, output, j->dead, printed);
	if (n > 0)
		ended(j, row->started_at, row->ended_at);
	if (n != 0)
		return n;
	n = run_ended(s->pg, &before, r->id, j->attempt, settings.name);
	if (n > 0)
		ended(j, before->started_at, before->ended_at);
	return n;
}

/* Until the database has it. What it refuses for its content ends as our mistake, without the content. */
static int
finish(struct job *j)
{
	struct buf output = { 0 };
	int r;

	const char *printed = store_output(j);
	encode_output(&output, &j->output, printed != NULL);
	for (int wait_ms = 100; (r = finish_once(j, buf_cstr(&output), printed)) < 0;) {
		complain(j, "its end is not stored yet");
		if (j->slot->err.kind != ERR_BUSY) {
			if (j->run.status == RUN_STATUS_INTERNAL_ERROR)
				break;
			j->run.status = RUN_STATUS_INTERNAL_ERROR;
			j->run.detail = "its output could not be stored";
			buf_clear(&output);
			buf_str(&output, "[]");
		}
		usleep((useconds_t)wait_ms * 1000);
		wait_ms = wait_ms < 1000 ? wait_ms * 2 : 1000;
	}
	buf_free(&output);
	if (r <= 0)
		store_forget(j, printed);
	return r;
}

void
keep_finish(struct job *j)
{
	struct slot *s = j->slot;

	keep_show(j);
	int r = j->lost ? 0 : finish(j);
	if (r <= 0) {
		log_warn("run %s: attempt %lld ends unheard", j->run.id, (long long)j->attempt);
		return;
	}
	for (; j->shown < j->output.count; j->shown++)	/* stored now, by the database */
		show_chunk(j, &j->output.chunks[j->shown]);
	keep_tell(j);
	metric_add(&runs, 1, j->run.language, run_status_names[j->run.status]);
	metric_seconds(&service, clock_mono_ms() - j->leased_at, j->run.language, NULL);
	slot_fresh(s);
	if (j->output.count > 0 && redis_cmd(s->redis, "EXPIRE run:%s:output %d", j->run.id, STREAM_LIVES_S) == NULL)
		complain(j, "its stream is not ended");
	slot_fresh(s);
	if (j->run.interactive && redis_cmd(s->redis, "DEL run:%s:input", j->run.id) == NULL)
		complain(j, "what nobody read stays for an hour");
	slot_fresh(s);
	if (realtime_flush(s->realtime, &s->err) < 0)
		complain(j, "perhaps not all was shown");
	log_info("run %s: %s", j->run.id, run_status_names[j->run.status]);
}

void
keep_hand_back(struct job *j)
{
	slot_fresh(j->slot);
	if (j->lost)
		return;
	if (run_hand_back(j->slot->pg, j->run.id, j->attempt, settings.name, j->gone && !j->given_up) < 0)
		complain(j, "it is handed back when its lease runs out");
	else {
		metric_add(&handed_back, 1, j->run.language, NULL);
		log_info("run %s: handed back", j->run.id);
	}
}
