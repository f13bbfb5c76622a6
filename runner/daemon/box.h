/*
 * box.h - one container, from its making to its end. It takes one job and is never used again.
 *
 * The runner talks to the init inside over a unix socket in a directory that is mounted into the container; the
 * engine is needed to make it and to remove it, and in between not at all.
 *
 * Boxes are had from the pool (pool.h), which keeps account of them. A box owns the descriptors in it; whoever
 * takes one out puts -1 in its place.
 */
#ifndef RUNNER_BOX_H
#define RUNNER_BOX_H

#include "../init/message.h"
#include "box_limits.h"
#include "cgroup.h"
#include "docker.h"
#include "err.h"
#include "language.h"

#include <stdbool.h>

#define BOX_LABEL "viva.jobs"	/* its value is our directory as the host knows it: whose containers these are */
#define BOX_NAME_MAX 40
#define BOX_OBEY_MS 700		/* from box_end() to box_kill(): an end comes within a second of its reason */
#define BOX_MOUNTS_MAX 4

/* Users that an image has for us (runner/languages/build): each living box of a runner is another one. */
#define BOX_UID_FIRST 10000u
#define BOX_UIDS 512u

/* A folder that the box sees, and cannot write. */
struct box_mount {
	const char *from;	/* as the engine's host knows it: settings.jobs_host says how it sees our state */
	const char *to;		/* inside, absolute; made there if it is missing */
};

/* What a box is to be. The texts are needed only until it is made. */
struct box_wish {
	const struct lang *language;
	enum box_class class;
	struct box_mount mounts[BOX_MOUNTS_MAX];
	size_t mount_count;
	const char *door_host;		/* the one host that can be spoken to from inside, by this name; NULL: none */
	int door_port;
	bool ahead;		/* nobody waits for it: made at low priority, with what its language holds */
};

struct box {
	struct box *next;		/* the pool's */
	char name[BOX_NAME_MAX];	/* of the container and of its directory */
	const struct lang *language;
	const char *image;		/* that it is made of */
	enum box_class class;
	const struct box_limits *limits;
	uid_t uid;			/* of what runs in it, and its group */
	int sock;			/* to its init; -1 before it said hello */
	int in, out, err;		/* our ends of the program's 0, 1, 2: pipes that do not block */
	int door;			/* listens inside, on door_port of its loopback (door.h); -1: none */
	bool held;			/* the language's interpreter is up, and waits for the usual file */
	int terminal;			/* the master of its terminal, when that has been heard of; else -1 */
	pid_t init;			/* as we see it; 0 where we cannot */
	struct cgroup cgroup;
};

/* Done once, before the first: puts the init where containers can mount it. */
int box_prepare(struct err *err);

/* Only the name, and what needs no engine. */
void box_name(struct box *b, const struct box_wish *wish, uid_t uid);

/*
 * Makes the container of a named box and waits until its init has said hello, was found to be confined as
 * it should be, and has the pipes. On failure the caller still removes it: half of it may exist.
 */
int box_make(struct box *b, const struct box_wish *wish, struct docker *d, struct err *err);

/* A box made ahead gets the priority of all others. */
void box_wake(const struct box *b);

/*
 * Processor time that was used in it until now, but for its init's own: microseconds, as the scheduler counts
 * them. All that ever ran there counts, whoever reaped it: a program cannot hide what it starts. -1: it cannot be had.
 */
int64_t box_cpu_us(const struct box *b);

/* Whether the init still waits for a job. */
bool box_alive(const struct box *b);

/*
 * Sends the job. `p` has words and files; user, limits and the flags of descriptors are filled in here. `artifact`
 * (a regular file or memfd, -1: none) becomes the executable p->artifact below /w; `result` (-1: none) becomes the
 * program's descriptor 3. Both stay the caller's. What is held runs the job if that is started as the language's
 * usual file is (program.h), else the init starts a new one; the caller need not care. ERR_TOO_LARGE where the job is
 * too large, else ERR_BUSY: another box.
 */
int box_start(struct box *b, struct err *err, struct program *p, int artifact, int result);

/* What the init said. */
struct box_said {
	enum message_kind kind;	/* STARTED, FAILED (text says why), ENDED (ending says how), TERMINAL (b->terminal) */
	struct ending ending;
	char text[513];
};

/* Hears the frame that has begun to come on b->sock. False: the init is as good as dead. */
bool box_hear(struct box *b, struct box_said *said);

/* A frame without a body: KILL or DONE. A container that is gone needs neither. */
void box_tell(const struct box *b, enum message_kind kind);

/* Kills the init from outside, and with it all of its container: when it does not obey. */
void box_kill(const struct box *b);

/* KILL. What would keep the init from doing it in time, a processor that the program has used up, is lifted. */
void box_end(const struct box *b);

/*
 * From here on the init is served before the program, and does not die for want of memory: once the program has
 * been forked, for what is forked from a process may lower itself as far as that. A program that has made itself
 * small would let the init die in its place.
 */
void box_spare(const struct box *b);

/* Hangs up, so that the init goes; removes the container and the directory. To be called again when it fails. */
int box_remove(struct box *b, struct docker *d, struct err *err);

/* Removes only the directory, of a box whose container is gone already. */
void box_forget(const struct box *b);

#endif
