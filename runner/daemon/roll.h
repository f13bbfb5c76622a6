/*
 * roll.h - the runners that live, as all of them and the functions see them: the table `runner`.
 *
 * Each runner writes its row every few seconds: how many slots, which languages, how long a run has a slot of late.
 * From these rows the API predicts how long a new run would wait, runners know how many slots there are to share
 * among rooms, and an operator sees who works. A row that is older than 15 s counts no more.
 */
#ifndef RUNNER_ROLL_H
#define RUNNER_ROLL_H

#include "slot.h"

#include <stdbool.h>
#include <stdint.h>

/* Signs on, before the first run is taken. 0, or -1 with the slot's error set. */
int roll_sign_on(struct slot *s);

/* Starts the thread that goes on saying so, and looks after the queue as a whole. */
void roll_start(void);

/* A run has given its slot back after so long. */
void roll_served(int64_t ms);

/* Whether other runners take runs of the same queue. */
bool roll_has_others(void);

/* Signs off; at most a second or two are spent on it. */
void roll_sign_off(void);

#endif
