/*
 * box.h - one container, from its making to its end. It takes one job and is never used again.
 *
 * The runner talks to the init inside over a unix socket in a directory that is mounted into the container; the
 * engine is needed to make it and to remove it, and in between not at all.
 */
#ifndef RUNNER_BOX_H
#define RUNNER_BOX_H

#include "../init/message.h"
#include "cgroup.h"
#include "docker.h"
#include "err.h"
#include "language.h"

#include <stdbool.h>

#define BOX_LABEL "viva.jobs"	/* its value is our directory as the host knows it: whose containers these are */
#define BOX_NAME_MAX 40

struct box {
	struct box *next;		/* the pool's */
	char name[BOX_NAME_MAX];	/* of the container and of its directory */
	const struct lang *language;
	int sock;			/* to its init; -1 before it said hello */
	pid_t init;			/* as we see it; 0 where we cannot */
	struct cgroup cgroup;
};

/* Done once, before the first: puts the init where containers can mount it. */
int box_prepare(struct err *err);

/* Only the name. */
void box_name(struct box *b, const struct lang *language);

/*
 * Makes the container of a named box and waits until its init has said hello and was found to be confined as
 * it should be. On failure the caller still removes it: half of it may exist.
 */
int box_make(struct box *b, struct docker *d, struct err *err);

/* Whether the init still waits for a job. */
bool box_alive(const struct box *b);

/* Sends a job's frame and its descriptors 0, 1, 2. */
int box_send(const struct box *b, struct err *err, const uint8_t *frame, size_t len, const int fds[3]);

/* A frame without a body: KILL or DONE. A container that is gone needs neither. */
void box_tell(const struct box *b, enum message_kind kind);

/* Kills the init from outside, and with it all of its container: when it does not obey. */
void box_kill(const struct box *b);

/* Hangs up, so that the init goes; removes the container and the directory. To be called again when it fails. */
int box_remove(struct box *b, struct docker *d, struct err *err);

/* Removes only the directory, of a box whose container is gone already. */
void box_forget(const struct box *b);

#endif
