/*
 * message.h - what the runner and the init inside a container say to each other.
 *
 * Over one unix stream socket, in frames: four bytes of length (little endian, of what follows), one
 * byte of kind, the body. Used by both programs, so it knows nothing but libc.
 *
 *	init -> runner	HELLO	the nonce the container was made with, and its door if it has one (door.h of the runner)
 *	runner -> init	PIPES	no body; the descriptors 0, 1, 2 that the program will have
 *	runner -> init	HOLD	struct program: an interpreter to be started ahead of its job, behind those pipes
 *	init -> runner	HELD	it is up and waits at its door
 *	runner -> init	JOB	struct program, and the descriptors that its flags name
 *	init -> runner	TERMINAL	no body; the master of the terminal that the job asked for
 *	init -> runner	STARTED	the program has replaced the child (execve worked)
 *	init -> runner	FAILED	it could not be started: a sentence
 *	runner -> init	KILL	end it now
 *	init -> runner	ENDED	struct ending; nothing but the init is alive in the container
 *	runner -> init	DONE	the cgroup has been read: go
 *
 * Descriptors come by SCM_RIGHTS with the first byte of their frame. A terminal, if one was asked for, comes before
 * STARTED. The end of the socket is KILL and DONE at once. Neither side trusts a byte: the runner since the
 * init shares its container with hostile code, the init since it costs nothing.
 */
#ifndef INIT_MESSAGE_H
#define INIT_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MESSAGE_HEAD 5u			/* length and kind */
#define MESSAGE_MAX (2u << 20)		/* body of the largest frame: 32 files of 5000 characters, and more */
#define MESSAGE_NONCE 22u

enum message_kind {
	MESSAGE_HELLO = 'H',
	MESSAGE_PIPES = 'P',
	MESSAGE_HOLD = 'O',
	MESSAGE_HELD = 'W',
	MESSAGE_JOB = 'J',
	MESSAGE_TERMINAL = 'T',
	MESSAGE_STARTED = 'S',
	MESSAGE_FAILED = 'F',
	MESSAGE_KILL = 'K',
	MESSAGE_ENDED = 'E',
	MESSAGE_DONE = 'D',
};

#define MESSAGE_FDS 3			/* descriptors with one frame, at most */

#define PROGRAM_WORDS_MAX 64u		/* arguments, and variables of the environment */
#define PROGRAM_FILES_MAX 64u

/* Text of a job, always ended by a NUL that is not counted. */
struct program_text {
	const char *data;
	uint32_t len;
};

struct program_file {
	struct program_text path;		/* below /w; no NUL, no empty, "." or ".." part, not from / */
	struct program_text content;	/* any bytes */
};

#define PROGRAM_TERMINAL 1u		/* 0, 1 and 2 are a terminal of its own, and it leads a session there */
#define PROGRAM_ARTIFACT 2u		/* a descriptor: its content becomes the executable file `artifact` */
#define PROGRAM_RESULT 4u		/* a descriptor (behind the artifact's): the program has it as its 3 */
#define PROGRAM_HELD 8u			/* what is held is this very program: it needs only its files */
#define PROGRAM_FLAGS 15u

struct program {
	uint32_t flags;
	uint32_t uid;			/* of the program, and its gid; never 0 */
	uint32_t file_limit;		/* bytes in a file it writes */
	uint32_t open_limit;		/* descriptors */
	uint16_t rows, columns;		/* of the terminal */
	struct program_text artifact;	/* below /w as a file's path is; empty without one */
	uint32_t argc, envc, filec;
	struct program_text argv[PROGRAM_WORDS_MAX];	/* argv[0] is an absolute path */
	struct program_text env[PROGRAM_WORDS_MAX];	/* NAME=value */
	struct program_file files[PROGRAM_FILES_MAX];
};

struct ending {
	int32_t status;			/* as waitpid() tells it */
	uint64_t wall_us;		/* from the start of the program to its end */
	uint64_t cpu_us;		/* user and system, of every process waited for */
	uint64_t memory_kb;		/* the largest single process */
};

/* The kind and body length of a frame's first MESSAGE_HEAD bytes; false: not one of ours, hang up. */
bool message_head(const uint8_t head[MESSAGE_HEAD], enum message_kind *kind, uint32_t *len);
void message_head_put(uint8_t head[MESSAGE_HEAD], enum message_kind kind, uint32_t len);

/*
 * The whole frame of a job, from malloc, its length in *len; NULL where it would be over MESSAGE_MAX,
 * or memory is out.
 */
uint8_t *message_program_put(const struct program *job, size_t *len);

/* How many descriptors come with a job of these flags. */
unsigned message_program_fds(uint32_t flags);

/*
 * Reads a job's body. What *job then holds points into it and lives as long. False, with nothing to
 * be used, where a byte is out of place, a count too high or a path could leave /w.
 */
bool message_program(const uint8_t *body, size_t len, struct program *job);

#define MESSAGE_ENDING 28u
void message_ending_put(uint8_t body[MESSAGE_ENDING], const struct ending *e);
bool message_ending(const uint8_t *body, size_t len, struct ending *e);

/* A path that stays below the directory it is opened from, whatever is there. */
bool message_path_ok(const char *path, size_t len);

#endif
