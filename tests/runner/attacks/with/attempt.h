/*
 * attempt.h - what attacks in C are written with: tries that ought to fail, and saying so where they did not.
 */
#ifndef ATTEMPT_H
#define ATTEMPT_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* The expression must be negative: the kernel refused. */
#define REFUSED(expression)                                             \
	do {                                                            \
		errno = 0;                                              \
		if ((long)(expression) >= 0)                            \
			printf("ESCAPED: %s\n", #expression);           \
	} while (0)

static inline int
held(void)
{
	puts("held");
	return 0;
}

#endif
