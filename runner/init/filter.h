/*
 * filter.h - what the program may not even ask the kernel for.
 */
#ifndef INIT_FILTER_H
#define INIT_FILTER_H

#include <linux/filter.h>

/*
 * Makes the filter, once, while nobody waits: loading it into the child is then one system call.
 * 0, or -1 with errno set. The program it points to lives as long as the process.
 */
int filter_make(struct sock_fprog *out);

#endif
