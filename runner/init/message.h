/*
 * message.h - what the runner and the init inside a container say to each other.
 *
 * Over one unix stream socket, in frames: four bytes of length (little endian, of what follows), one
 * byte of kind, the body. Used by both programs, so it knows nothing but libc.
 *
 *	init -> runner	HELLO	the nonce the container was made with
 *	runner -> init	JOB	struct program, and with its first byte the descriptors 0, 1, 2 (SCM_RIGHTS)
 *	init -> runner	STARTED	the program has replaced the child (execve worked)
 *	init -> runner	FAILED	it could not be started: a sentence
 *	runner -> init	KILL	end it now
 *	init -> runner	ENDED	struct ending; nothing but the init is alive in the container
 *	runner -> init	DONE	the cgroup has been read: go
 *
 * The end of the socket is KILL and DONE at once. Neither side trusts a byte: the runner since the
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
	MESSAGE_JOB = 'J',
	MESSAGE_STARTED = 'S',
	MESSAGE_FAILED = 'F',
	MESSAGE_KILL = 'K',
	MESSAGE_ENDED = 'E',
	MESSAGE_DONE = 'D',
};

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

struct program {
	uint32_t uid;			/* of the program, and its gid; never 0 */
	uint32_t file_limit;		/* bytes in a file it writes */
	uint32_t open_limit;		/* descriptors */
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
