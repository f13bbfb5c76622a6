/*
 * program.h - how a program of a language is started: its arguments and its environment.
 */
#ifndef RUNNER_PROGRAM_H
#define RUNNER_PROGRAM_H

#include "../init/message.h"
#include "language.h"

#include <stdbool.h>

/* Adds the variables that every program has. */
void program_environment(struct program *p);

/*
 * Fills argv and env of *p with these words of the language (its run, its hold), {file} being `file`, and what
 * every program has. All of it lives as long as the language and the file's name.
 */
void program_fill(struct program *p, const struct lang *l, const char *const *words, size_t n, const char *file);

/* Whether p is started just as the language's usual file is: what is held is that. */
bool program_is_usual(const struct program *p, const struct lang *l);

#endif
