/*
 * testcases.h - test cases, of a room and of a run: how they are checked, and who sees what of them.
 *
 * One rule holds everywhere: of a hidden case, who is no interviewer sees the number, the name and whether it passed.
 */
#ifndef RUNS_TESTCASES_H
#define RUNS_TESTCASES_H

#include "api.h"

/* Inputs and expected outputs of all cases together, in bytes. */
#define CASES_BYTES_MAX 262144

/* Whether the caller interviews in the room that was entered. */
bool cases_interviewer(const struct fn *fn);

/* Bounds that the contract cannot say; errors point below `/cases`. */
int cases_check(struct fn *fn, const struct test_case_new *cases, size_t n);

/* {"cases":[...]} as the database reads it. */
const char *cases_json(struct fn *fn, const struct test_case_new *cases, size_t n);

#endif
