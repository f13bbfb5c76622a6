/*
 * hold.h - an interpreter that is started ahead of its job, and waits at its door.
 *
 * It is what will run the program, in every respect: the same binary, arguments, user, limits, filter and pipes.
 * Only that its environment has VIVA_HOLD=3: something in the image (runner/languages/<name>/files) that the
 * interpreter runs before it looks at the main file takes that out again, writes a byte to descriptor 3, and reads
 * one. When that comes it closes 3 and the interpreter goes on by itself.
 */
#ifndef INIT_HOLD_H
#define INIT_HOLD_H

#include "child.h"

struct hold {
	pid_t pid;		/* 0: nothing is held */
	int door;		/* our end */
};

/* Starts it and waits until it is at its door; what did not get there is gone, with the reason in complaint. */
bool hold_start(struct hold *h, const struct child *c, char complaint[COMPLAINT_MAX]);

/* Whether it still waits. */
bool hold_alive(struct hold *h);

/* Opens the door. Returns the pid; *cpu_us is what it used until now. */
pid_t hold_go(struct hold *h, uint64_t *cpu_us);

/* Ends what is held, if anything is. */
void hold_end(struct hold *h);

#endif
