/*
 * child.h - from a fork of the init to the candidate's program.
 */
#ifndef INIT_CHILD_H
#define INIT_CHILD_H

#include "message.h"

#include <linux/filter.h>

#include <sys/types.h>

#define COMPLAINT_MAX 256

/* What a child is made from. Descriptors are all closed on exec; -1: none. */
struct child {
	const struct program *job;
	int fds[3];			/* its 0, 1, 2 */
	int artifact;
	int third;			/* its 3: a result's descriptor, or the door that it is held behind */
	const struct sock_fprog *filter;
};

/*
 * Forks a child that takes its descriptors, gives up every right, writes the job's files into the working directory
 * as the job's own user, loads the filter and becomes the program. Returns its pid when it is the program, or has
 * failed: then with its complaint, a sentence, else with "".
 */
pid_t child_start(const struct child *c, char complaint[COMPLAINT_MAX]);

/* Only the files, as that user; the child has ended when this returns. False with the complaint. */
bool child_write(const struct child *c, char complaint[COMPLAINT_MAX]);

#endif
