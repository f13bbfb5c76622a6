/*
 * images.h - which image each language has: found when the runner starts, and again whenever one appears or changes.
 *
 * runner/languages/build calls what it made viva/<language>:<recipe>. Nothing needs a restart: a language can be
 * run from the moment the image of its recipe is there.
 */
#ifndef RUNNER_IMAGES_H
#define RUNNER_IMAGES_H

#include "language.h"
#include "slot.h"

/* The table that is kept up to date from now on. */
void images_prepare(struct lang *table, size_t n);

/* Looks once and tells the database. 0 when at least one language can be run, or -1 with the slot's error set. */
int images_look(struct slot *s);

/* Starts the thread that goes on looking. */
void images_start(void);

#endif
