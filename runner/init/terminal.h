/*
 * terminal.h - a terminal in the container's own devpts.
 */
#ifndef INIT_TERMINAL_H
#define INIT_TERMINAL_H

#include <stdint.h>

/*
 * Opens one that belongs to the user `uid`, of this size: master and slave, closed on exec. Before any code of a job
 * runs: for a moment the init is that user. 0, or -1 with errno set.
 */
int terminal_open(uint32_t uid, uint16_t rows, uint16_t columns, int *master, int *slave);

/* In the child, a leader of its session: the terminal becomes its own. 0, or -1 with errno set. */
int terminal_control(int slave);

#endif
