/*
 * terminal.h - a terminal in the container's own devpts.
 */
#ifndef INIT_TERMINAL_H
#define INIT_TERMINAL_H

#include <stdint.h>

/*
 * Before any code of a job runs: from now on nobody but the init makes terminals here. They are counted for the whole
 * host (kernel.pty.max), so a program could take them all. 0, or -1 with errno set.
 */
int terminal_forbid(void);

/*
 * Opens one that belongs to the user `uid`, of this size: master and slave, closed on exec. Before any code of a job
 * runs, too: for a moment the init is that user, and may that user make terminals. 0, or -1 with errno set.
 */
int terminal_open(uint32_t uid, uint16_t rows, uint16_t columns, int *master, int *slave);

/* In the child, a leader of its session: the terminal becomes its own. 0, or -1 with errno set. */
int terminal_control(int slave);

#endif
