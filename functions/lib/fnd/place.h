/*
 * place.h - where a function is: its program, its sockets, its scoreboard.
 *
 * They outlive its workers, and us: killed, we leave zygotes and workers that hold the sockets, and the fnd after us
 * takes them over from there. So nobody is refused while there is no fnd.
 */
#ifndef FND_PLACE_H
#define FND_PLACE_H

#include "local.h"
#include "scoreboard.h"

#include <stdbool.h>
#include <sys/types.h>

#define NAME_MAX_LEN 48

struct place {
	char name[NAME_MAX_LEN + 1], program[1024];
	char sock[LOCAL_PATH];	/* $VIVA_RUN/fn/<name>.sock: requests */
	char ctl[LOCAL_PATH];	/* ... .ctl: the fnd after us */
	int listener, takeover;	/* at these */
	int keeper;		/* keeps the zygote of the fnd before us alive; -1: there is none */
	int board_fd;
	struct board *board;	/* ... .board, which the group may read */
};

/* For the program `name` in `directory`. False with the reason in the log: then it is to be closed all the same. */
bool place_open(struct place *at, const char *directory, const char *name);

/* The zygote of before may end: it is not needed any more. */
void place_settle(struct place *at);

/* Sends a signal to a worker of before, if it still is one: another process may have its number by now. */
bool place_signal(const struct place *at, pid_t pid, int signal);

/* Nobody connects from now on. */
void place_forget(const struct place *at);
void place_close(struct place *at);

#endif
