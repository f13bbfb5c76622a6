/*
 * queue.h - who is to run what, and when.
 *
 * The rows of `run` are the queue; Redis only says that it is worth a look. Each slot takes a run when it has
 * nothing to do, so a runner never holds more than it can run at once.
 */
#ifndef RUNNER_QUEUE_H
#define RUNNER_QUEUE_H

#include "language.h"

#include <stdbool.h>

/* Seconds that a lease lasts, and milliseconds between its renewals. */
#define LEASE_S 20
#define HOLD_MS 5000

/* Starts the slots and the thread that listens to Redis. */
void queue_start(void);

/* How many slots have a run; the languages of the table that can be run here, as an array literal. */
int queue_busy(void);
const char *queue_languages(struct arena *a);

/* The table, before anything else is asked. */
void queue_prepare(const struct lang *languages, size_t n);

/* A slot's run is known by its id while it has it, so that a cancellation finds it; fd is an eventfd. */
void queue_running(int slot, const char *run, int fd);
void queue_not_running(int slot);

/* Somebody typed into a run: whoever has it here looks. */
void queue_typed(const char *run);

/* No more runs are taken on. True from then on for everybody who asks. */
void queue_drain(void);
bool queue_draining(void);

/* The second wish to stop: runs that go on are handed back or ended. */
void queue_give_up(void);
bool queue_giving_up(void);

/* Waits until no slot has a run, at most so long. False: some still have. */
bool queue_wait(int ms);

#endif
