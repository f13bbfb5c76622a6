/*
 * child.h - from a fork of the init to the candidate's program.
 */
#ifndef INIT_CHILD_H
#define INIT_CHILD_H

#include "message.h"

#include <linux/filter.h>

/*
 * In a fresh child: takes the three descriptors as 0, 1 and 2, gives up every right, writes the job's
 * files into the working directory as the job's own user, loads the filter and becomes the program. Does not
 * return. What goes wrong is written to `tell` as a sentence, and the child ends; `tell` closes by itself on success.
 */
void child_become(const struct program *job, const int fds[3], const struct sock_fprog *filter, int tell)
    __attribute__((noreturn));

#endif
