/*
 * cases.c - see cases.h.
 *
 * A box that is lost under a case costs nothing that anybody saw: the case is tried again in another. When the
 * runner dies, the verdicts that were stored stay, the rest are never run, and the next runner ends the run.
 */
#include "cases.h"

#include "compare.h"
#include "keep.h"
#include "log.h"
#include "pool.h"
#include "queue.h"

#include <string.h>
#include <unistd.h>

#define CASE_TRIES 3

/* --- one case */

/* The facts of a program's end, as far as they are a case's. */
static void
judge(struct job *j, struct capture *c, const struct run_cases_row *wanted, struct run_case *out)
{
	struct case_verdict *v = &out->verdict;
	struct run end = { 0 };

	j->facts.over = c->over;
	j->facts.wall_limit_ms = j->wall_limit_ms;
	j->facts.output_limit = box_limits(BOX_RUN)->output;
	j->facts.memory_limit = box_limits(BOX_RUN)->memory;
	verdict(j->slot->arena, &j->facts, &end);
	*v = (struct case_verdict){ .number = wanted->number, .name = wanted->name, .hidden = wanted->hidden,
		.status = case_status_of(run_status_names[end.status]), .has_exit_code = end.has_exit_code,
		.exit_code = end.exit_code, .has_signal = end.has_signal, .signal = end.signal, .has_cpu_ms = true,
		.cpu_ms = j->run.cpu_ms, .has_wall_ms = true, .wall_ms = j->run.wall_ms, .has_memory_kb = true,
		.memory_kb = j->run.memory_kb };
	size_t line = compare_lines((const uint8_t *)wanted->expected, strlen(wanted->expected), c->output.data,
	    c->output.len);
	if (v->status == CASE_STATUS_OK && line > 0)
		v->status = CASE_STATUS_WRONG_ANSWER;
	if (v->status == CASE_STATUS_WRONG_ANSWER) {
		out->has_line = true;
		out->line = (int64_t)line;
	}
	out->output = capture_text(j->slot->arena, &c->output, CAPTURE_OUTPUT);
	out->errors = capture_text(j->slot->arena, &c->errors, CAPTURE_ERRORS);
	out->has_cut = true;
	out->cut = c->over || c->cut || c->output.len > CAPTURE_OUTPUT;
}

/* Whether the run ends here, whatever the case does. */
static bool
is_over(const struct job *j)
{
	const struct facts *f = &j->facts;

	return f->cancelled || f->failed != NULL || f->lost != NULL || j->lost || j->given_up || queue_giving_up();
}

/* True when it has a verdict that was stored. */
static bool
run_case(struct job *j, struct capture *c, const struct run_cases_row *wanted, struct run_case *out)
{
	for (int tries = 0; tries < CASE_TRIES && !is_over(j); tries++) {
		capture_init(c, box_limits(BOX_RUN)->output);
		if (!job_try(j, wanted->input, c))
			continue;
		if (is_over(j))
			return false;
		judge(j, c, wanted, out);
		return keep_case(j, out);
	}
	if (!is_over(j))
		j->facts.lost = "its sandbox was lost while it ran; the verdicts until then are kept";
	return false;
}

/* --- all of them */

/* The run takes the time of its visible cases together: of hidden ones a candidate learns the verdict alone. */
struct sums {
	int64_t cpu_ms, wall_ms, memory_kb;
	bool any;
	enum case_status worst;		/* of the first case that did not pass */
};

static void
add(struct job *j, struct sums *s, const struct case_verdict *v)
{
	j->run.cases->decided++;
	if (v->status == CASE_STATUS_OK)
		j->run.cases->passed++;
	else if (s->worst == CASE_STATUS_NONE)
		s->worst = v->status;
	if (v->hidden)
		return;
	s->any = true;
	s->cpu_ms += v->cpu_ms;
	s->wall_ms += v->wall_ms;
	if (s->memory_kb < v->memory_kb)
		s->memory_kb = v->memory_kb;
}

static void
finish(struct job *j, const struct sums *s)
{
	struct run *r = &j->run;

	if (j->facts.cancelled || j->facts.failed != NULL || j->facts.lost != NULL)
		verdict(j->slot->arena, &j->facts, r);
	else {
		r->status = s->worst == CASE_STATUS_NONE ? RUN_STATUS_OK : run_status_of(case_status_names[s->worst]);
		r->detail = arena_printf(j->slot->arena, "%lld of %lld test cases passed", (long long)r->cases->passed,
		    (long long)r->cases->total);
	}
	r->has_cpu_ms = r->has_wall_ms = r->has_memory_kb = s->any;
	r->cpu_ms = s->cpu_ms;
	r->wall_ms = s->wall_ms;
	r->memory_kb = s->memory_kb;
	keep_finish(j);
}

/* The cases, copied to where the job lives; the database may be away for a moment. */
static size_t
load(struct job *j, struct run_cases_row **out)
{
	struct slot *s = j->slot;
	int n;

	for (;;) {
		slot_fresh(s);
		pg_bind(s->pg, s->arena, &s->err);
		if ((n = run_cases(s->pg, out, j->run.id)) >= 0)
			break;
		log_warn("run %s: its test cases: %s", j->run.id, s->err.detail);
		usleep(500000);
		keep_wait(j);
		if (is_over(j))
			return 0;
	}
	return (size_t)n;
}

void
cases_run(struct job *j)
{
	struct run_cases_row *wanted = NULL;
	struct capture capture = { 0 };
	struct sums sums = { 0 };
	size_t n = load(j, &wanted);

	for (size_t i = 0; i < n; i++) {
		struct run_case done = { 0 };
		if (!run_case(j, &capture, &wanted[i], &done))
			break;
		add(j, &sums, &done.verdict);
	}
	capture_free(&capture);
	j->capture = NULL;
	if (j->run.cases->decided < j->run.cases->total && !j->facts.cancelled && j->facts.failed == NULL) {
		if (j->run.cases->decided == 0) {
			keep_hand_back(j);
			return;
		}
		if (j->facts.lost == NULL)
			j->facts.lost = "its runner was stopped while it ran; the verdicts until then are kept";
	}
	finish(j, &sums);
}
