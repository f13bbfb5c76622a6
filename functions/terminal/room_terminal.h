/*
 * room_terminal.h - what the operations of terminals share.
 */
#ifndef TERMINAL_ROOM_TERMINAL_H
#define TERMINAL_ROOM_TERMINAL_H

#include "api.h"
#include "queries_terminal.h"

/* The room's last terminal, or only one that is open: 1 with *out filled, 0, or -1. */
int terminal_find(struct fn *fn, const char *room, bool open, struct terminal *out);

/* Tells everyone in its room how the terminal is doing. */
void terminal_tell(struct fn *fn, const struct terminal *t);

/* Keeps something for the room's open terminal and wakes its runner. ERR_CONFLICT without one. */
int terminal_type(struct fn *fn, const char *room, bool size, const char *data);

#endif
