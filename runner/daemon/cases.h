/*
 * cases.h - a test run: the program once for each test case.
 *
 * Each case has a box of its own, with time and memory of its own; visible cases come first. The expected output is
 * compared here and never enters a box. A verdict is stored, then shown; from the first one on the run is not run
 * again, as with output. What a program prints in a case is stored for those who may see it, and never published.
 */
#ifndef RUNNER_CASES_H
#define RUNNER_CASES_H

#include "job.h"

/* Sees a test run through, to its end or to giving it back. */
void cases_run(struct job *j);

#endif
