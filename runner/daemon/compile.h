/*
 * compile.h - from a run's sources to the one file that is run.
 *
 * A language with a file `compile` has it run by a shell, in a box of the class BOX_COMPILE (step.h) with the sources
 * in /w; what it writes to its descriptor 3 is the program, bytes that nobody here looks into. What is compiled
 * once is kept (cache.h) under the sum of language, image, script and every source; of those who want the same at
 * once, one makes it (flight.h).
 */
#ifndef RUNNER_COMPILE_H
#define RUNNER_COMPILE_H

#include "job.h"

/*
 * True when the job can go on: j->artifact is what it runs, or it needs none. Else j->facts says why, and j->output has
 * the compiler's words; or it was cancelled, the lease is lost, or the runner gives up.
 */
bool compile(struct job *j, const char *start);

#endif
