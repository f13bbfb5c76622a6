/*
 * shells.h - the terminals that this runner has.
 *
 * settings.terminals threads, each with one terminal at a time (shell.h). A terminal waits as a row of the table
 * `terminal`; whoever claims it has it until its end. One that nobody has any more is ended by whoever finds it.
 */
#ifndef RUNNER_SHELLS_H
#define RUNNER_SHELLS_H

#include "language.h"

#include <stddef.h>

struct slot;

/* What our last life had is nobody's now. 0, or -1 with the slot's error. */
int shells_returned(struct slot *s);

void shells_start(const struct lang *languages, size_t n);

/* Something was asked of a terminal: opened, typed into, to be closed. */
void shells_rung(const char *terminal);

/* Ends them all, and takes no more. Waits until they have ended, at most so long. */
void shells_stop(int ms);

#endif
