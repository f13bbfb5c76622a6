/*
 * shell.h - one terminal of a room: a shell in a box that lives as long as people use it.
 */
#ifndef RUNNER_SHELL_H
#define RUNNER_SHELL_H

#include "language.h"
#include "queries_runner.h"
#include "slot.h"

#include <stdbool.h>

/* Seconds that a terminal's lease lasts, and milliseconds between its renewals. */
#define SHELL_LEASE_S 12
#define SHELL_HOLD_MS 3000

/*
 * Sees a claimed terminal (the rows of shell_claim, one a file) through to its end. `wake` is an eventfd that is
 * written when somebody typed, or when all is to stop, which `stopping` then says.
 */
void shell_run(struct slot *s, const struct shell_claim_row *rows, size_t n, const struct lang *l, int wake,
    bool (*stopping)(void));

#endif
