/*
 * boards.h - the scoreboards of $VIVA_RUN/fn, one after another.
 */
#ifndef COMMAND_BOARDS_H
#define COMMAND_BOARDS_H

#include "scoreboard.h"

/*
 * Shows each to `look`, by name: that of its file, for in the board a worker could write. 0, or the exit code where
 * there is none: then it was said why.
 */
int boards_look(void (*look)(const char *name, const struct board *b, void *of), void *of);

#endif
