/*
 * job.h - one attempt at one run: from the lease to the one terminal state, or to giving it back.
 */
#ifndef RUNNER_JOB_H
#define RUNNER_JOB_H

#include "box.h"
#include "capture.h"
#include "feed.h"
#include "output.h"
#include "queries_runner.h"
#include "slot.h"
#include "verdict.h"

#include <stdint.h>

/* What is written to a job's eventfd. */
#define JOB_LOOK 1u			/* somebody typed, or the runner gives up */
#define JOB_CANCEL 0x100000000u		/* a person cancelled it */

#define JOB_LOST_MAX 3			/* a run that took so many runners with it is not tried again */

struct library_set;

struct job {
	struct slot *slot;
	struct run run;			/* as the room sees it; with cases it is a test run: cases.c */
	int64_t attempt;
	int64_t runners_lost;		/* runners and sandboxes that were lost over it before */
	bool was_shown;			/* an earlier attempt showed output */
	struct feed feed;
	bool look;			/* at what was typed: there may be something new */
	bool restricted;		/* the room's programs are held to their language's allow-list */
	struct capture *capture;	/* where output goes that is not to be shown; NULL in an ordinary run */
	int64_t wall_limit_ms;
	const struct lang *language;
	struct program_file files[PROGRAM_FILES_MAX];
	size_t files_count;

	int artifact;			/* what was made of the files (compile.h), a memfd; -1: they are what is run */
	struct library_set *libraries;	/* what its requirements.txt or package.json asked for; NULL: nothing */
	const char *libraries_folder;
	struct box *box;
	int in, out, err;		/* our ends of the program's 0, 1, 2; -1: closed */
	int wake;			/* eventfd */
	struct output output;
	size_t shown;			/* chunks that were stored and shown */
	int64_t show_after;		/* Redis is away: not before then */

	/* monotonic ms */
	int64_t leased_at, lease_until, hold_at, note_at, started_at, kill_at, look_at;

	struct facts facts;
	bool lost;			/* the lease is not ours any more: say nothing */
	bool gone;			/* the container went away under it */
	bool given_up;			/* the runner was told to stop for good, and killed it */
	const char *dead;		/* for the operator's list: why it will never be tried again */
	int64_t cpu_before_us;
};

/* From the rows of run_lease (one a file); what it holds lives in the slot's arena. */
struct job *job_new(struct slot *s, const struct run_lease_row *rows, size_t n, const struct lang *l,
    int64_t lease_until);
void job_free(struct job *j);

/* Looks at the eventfd, which is ready to be read: whether a person cancelled, or typed. */
void job_woken(struct job *j);

/* Nobody wants it to go on: it was cancelled, its lease is lost, or the runner gives up. */
bool job_unwanted(const struct job *j);

/* Sees it through. */
void job_run(struct job *j);

/*
 * For cases.c: the program once, in a box of its own, with this input; what it prints goes to *c. True when it
 * ended: j->facts and the measures in j->run say how. Else j->facts, j->lost or j->given_up say why, or its box
 * was lost.
 */
bool job_try(struct job *j, const char *input, struct capture *c);

#endif
