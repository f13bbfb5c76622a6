/*
 * keep.h - what is written down about a job, and what the room is told: the database, Redis, the realtime nginx.
 *
 * Store, then show. A chunk of output is in Redis before anybody sees it, the end is in the database before
 * anybody hears of it. When one of them is away the program goes on, its output gathers here, and what is
 * due is done when they are back; nothing is said that was not stored, and nothing at all once the lease has run out.
 */
#ifndef RUNNER_KEEP_H
#define RUNNER_KEEP_H

#include "job.h"

/* Renews the lease, durably, and notes what keep_note() does. */
void keep_hold(struct job *j);

/* Notes that the job is running, and whether output was shown, without waiting for a disk: the lease stays as it is. */
void keep_note(struct job *j);

/* Renews the lease of a job that still waits for a container. */
void keep_wait(struct job *j);

/* Stores and shows the chunks that have not been shown. */
void keep_show(struct job *j);

/*
 * Takes what was typed since it was last asked: into j->feed, and into the output. True if there was any.
 */
bool keep_take(struct job *j);

/* Takes over the output that an earlier attempt showed before its runner died. True if there was any. */
bool keep_recover(struct job *j);

/* The state of the run, as it is in j->run, to the room. */
void keep_tell(struct job *j);

/* A test case's verdict, and what was printed: stored, then told to the room without any of that. False: not ours. */
bool keep_case(struct job *j, const struct run_case *c);

/* The end: tries until the database has it, unless the lease is somebody else's. Then shows what was not shown. */
void keep_finish(struct job *j);

/* Gives the run back to the queue. */
void keep_hand_back(struct job *j);

#endif
