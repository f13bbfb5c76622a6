/*
 * child.h - from a fork of the init to the candidate's program.
 */
#ifndef INIT_CHILD_H
#define INIT_CHILD_H

#include "message.h"

#include <linux/filter.h>

/* What a child is made from. Descriptors are all closed on exec; -1: none. */
struct child {
	const struct program *job;
	int fds[3];			/* its 0, 1, 2 */
	int artifact, result;
	const struct sock_fprog *filter;
	int tell;
};

/*
 * In a fresh child: takes the descriptors, gives up every right, writes the job's files into the working directory as
 * the job's own user, loads the filter and becomes the program. Does not return. What goes wrong is written to
 * `tell` as a sentence, and the child ends; `tell` closes by itself on success.
 */
void child_become(const struct child *c) __attribute__((noreturn));

#endif
