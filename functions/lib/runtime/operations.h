/*
 * operations.h - where the scoreboard counts what an operation answers.
 */
#ifndef RUNTIME_OPERATIONS_H
#define RUNTIME_OPERATIONS_H

#include "route.h"
#include "scoreboard.h"

/* Gives each operation and trigger of the function its place; once, before anybody serves. */
void operations_open(struct board *b, const struct function *f);

/* Its place: 0 for NULL, a request that found no operation. */
unsigned operations_place(const struct route *route);

#endif
