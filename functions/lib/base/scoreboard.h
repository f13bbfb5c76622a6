/*
 * scoreboard.h - who serves what just now, and what was served: one file of shared memory a function.
 *
 * $VIVA_RUN/fn/<name>.board (mode 0640, of the group that operates Viva) is made by fnd and mapped by it, by the
 * function's own workers, who inherit it as a descriptor and can reach no other function's, and by whoever reads:
 *
 *	const struct board *b = board_read("/run/viva/state/run/fn/rooms.board");
 *	for (size_t i = 0; b != NULL && i < BOARD_SLOTS; i++)
 *		if (board_look(&b->slots[i]) == SLOT_BUSY)
 *			...
 *	board_free(b);
 *
 * fnd gives each worker a slot of its own. Nobody locks: a worker writes its slot and adds to the function's
 * counters, each by one atomic store or addition, so one that is killed at any moment leaves nothing broken, and a
 * reader sees numbers that may be of neighbouring moments, never half a number. Only the text of a request's id
 * can be torn, or come a moment late; it always ends.
 *
 * Answers are counted by operation, and nowhere else: what a function answered is the sum (board_sum()), so that to
 * know more costs a worker nothing. Operations have their places by name, which outlive a reload that knows others.
 *
 * Counters begin at 0 with the file, and outlive workers, reloads and fnd itself: the file goes with $VIVA_RUN.
 * Whoever reads holds the file's pages, not the name: board_read() again to notice that it was made anew.
 * A hostile worker can write nonsense here, of its own function. fnd believes its pids to nobody.
 */
#ifndef BASE_SCOREBOARD_H
#define BASE_SCOREBOARD_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define BOARD_SLOTS 256
#define BOARD_BUCKETS 20
#define BOARD_OPERATIONS 64	/* with the first, which is none; those that find no place count there */
#define BOARD_NAME 64		/* a name with its NUL */
#define BOARD_REQUEST 65	/* a request's id with its NUL */

/* The time of requests, as Prometheus counts: bucket i has those of at most board_bounds[i] microseconds. */
struct board_times {
	_Atomic uint64_t count[BOARD_BUCKETS + 1];	/* not cumulative; the last one has what is longer */
	_Atomic uint64_t total_us;
};
extern const uint32_t board_bounds[BOARD_BUCKETS];

enum slot_state { SLOT_FREE, SLOT_STARTING, SLOT_IDLE, SLOT_BUSY, SLOT_LEAVING, SLOT_STATES };

/* A worker. Two cache lines of its own. */
struct slot {
	_Atomic uint32_t state;		/* by the worker IDLE, BUSY; by fnd FREE, STARTING; never LEAVING: */
	_Atomic uint32_t leaving;	/* by fnd: it was told to end, and does after its request */
	_Atomic int32_t pid;		/* by fnd */
	_Atomic int64_t since;		/* clock_mono_us() of the present state; of BUSY: when the request began */
	_Atomic uint64_t served;	/* requests, by this worker */
	char request[BOARD_REQUEST];	/* its id, as soon as it is known, or that of the last one */
} __attribute__((aligned(128)));

/* What an operation answered. */
struct board_operation {
	char name[BOARD_NAME];		/* operationId; of the first "": of requests that found none */
	_Atomic uint64_t answers[6];	/* by status / 100; [0] unused */
	struct board_times took;	/* from accept to the last byte of the reply */
} __attribute__((aligned(64)));

/* What happened to workers; fnd counts. */
enum board_event {
	BOARD_STARTED,		/* a worker */
	BOARD_COLD,		/* of these, those that were started while no other lived */
	BOARD_RECYCLED,		/* had served as many as pool.conf lets one serve */
	BOARD_RETIRED,		/* had been idle for too long */
	BOARD_OVERDUE,		/* killed: its request was not answered by the deadline */
	BOARD_CRASHED,		/* ended without being told to */
	BOARD_REFUSED,		/* a request, answered 503 by fnd because workers crash one after another */
	BOARD_EVENTS
};

/* pool.conf, as fnd understood it. */
struct board_limits {
	uint32_t min, max;		/* workers */
	uint32_t deadline;		/* seconds that a request may take */
	uint32_t memory;		/* MiB that a worker may take; 0: no limit */
	uint32_t requests;		/* that a worker may serve; 0: no limit */
	uint32_t idle;			/* seconds */
	uint32_t live;			/* 1: runs in real time */
	uint32_t reach_realtime, reach_signals;	/* 1: publishes there */
};

struct board {
	uint32_t magic, size;		/* BOARD_MAGIC, sizeof(struct board): another build's is not read */
	char name[BOARD_NAME];
	struct board_limits limits;
	_Atomic uint32_t first_asked;	/* by the worker that began last: its first request needed PostgreSQL */
	_Atomic uint64_t events[BOARD_EVENTS];
	struct board_times waited __attribute__((aligned(64)));	/* from the gateway to accept; in whole milliseconds */
	_Atomic uint32_t named;		/* operations that have a name, from [1] on */
	struct board_operation operations[BOARD_OPERATIONS];
	struct slot slots[BOARD_SLOTS];
};
#define BOARD_MAGIC 0x76697602u

/*
 * Opens, or makes, the board of a function for writing. *fd is for workers: it stays open, across exec(2) too where
 * the caller clears FD_CLOEXEC. Where the disk has no room for it, one that nobody finds. NULL with errno.
 */
struct board *board_open(const char *path, const char *name, int *fd);

/* The board behind a descriptor that was inherited: NULL with errno where it is none. */
struct board *board_map(int fd);

/* A board that nobody else sees, for a function that nobody manages. Never NULL. */
struct board *board_private(void);

/* For reading. NULL with errno; ENOEXEC is a board of another build. */
const struct board *board_read(const char *path);
void board_free(const struct board *b);

/*
 * The place of an operation in operations[], found by its name or taken: 0 where none is left. For who prepares a
 * function before its workers serve, one at a time.
 */
unsigned board_place(struct board *b, const char *operation);

/*
 * A worker's own slot: a request has come, it begins (`waited_us` < 0: not known), and is answered, of the operation
 * at that place, with a status. It is busy for longer where something was left to fn_after(): until it says by
 * board_state() that it is idle.
 */
void board_come(struct slot *s, int64_t now_us);
void board_begin(struct board *b, struct slot *s, const char *request, int64_t waited_us);
void board_answered(struct board *b, struct slot *s, unsigned place, int status, int64_t now_us);
void board_state(struct slot *s, enum slot_state state, int64_t now_us);

/* clock_mono_us() of when a slot's present state began. */
int64_t board_since(const struct slot *s);

/* One more of it. */
void board_count(struct board *b, enum board_event event);

/* Who is leaving is LEAVING, whatever it does meanwhile. */
enum slot_state board_look(const struct slot *s);

/* How many places of operations[] are in use, with the first: never more than there are, whoever wrote it. */
unsigned board_operations(const struct board *b);

/* The name of such a place: letters, digits and _, whatever was written there. The first is "other". */
void board_name(const struct board *b, unsigned place, char out[BOARD_NAME]);

/* What the function answered: all operations together, without a name. */
void board_sum(const struct board *b, struct board_operation *out);

/* Answers with a status of from*100 to to*100+99. */
uint64_t board_answers(const struct board_operation *o, int from, int to);

/* How many slots look so. */
unsigned board_workers(const struct board *b, enum slot_state state);

#endif
