/*
 * zygote.h - what fnd and the zygote of a function agree on.
 *
 * A zygote is a function's program that was started once: its libraries are linked, its keys read, its SQL checked.
 * It serves nobody; it forks the workers that fnd asks for, which takes a millisecond where starting the program
 * takes fifty. The workers are fnd's children, not the zygote's (CLONE_PARENT), so fnd hears how they end.
 *
 * A program that fnd starts finds ZYGOTE_VARIABLE in its environment and these descriptors:
 */
#ifndef BASE_ZYGOTE_H
#define BASE_ZYGOTE_H

#include <stdint.h>

#define ZYGOTE_VARIABLE "VIVA_FND"

#define ZYGOTE_LISTENER 0	/* the function's socket, shared by all workers and never closed by all at once */
#define ZYGOTE_BOARD 3		/* scoreboard.h */
#define ZYGOTE_CONTROL 4	/* to fnd: a socket of packets, each of them a struct zygote_word */
#define ZYGOTE_TAKEOVER 5	/* a listening socket of packets: $VIVA_RUN/fn/<name>.ctl */

/*
 * fnd says FORK with a free slot of the scoreboard. The zygote says READY once, and FORKED with slot and process id
 * (-1: it could not be) for every FORK; a new worker says SERVES with its slot as soon as it can be woken by requests.
 *
 * When fnd dies, ZYGOTE_CONTROL hangs up; the workers go on. The zygote then waits ZYGOTE_PATIENCE_MS for another fnd
 * at ZYGOTE_TAKEOVER, hands it the descriptors ZYGOTE_LISTENER and ZYGOTE_TAKEOVER (local_send_pair()) and ends when it
 * gets a byte for them. If that fnd dies before, it waits for the next one. A zygote that ends, however it ends, takes
 * its workers along: each leaves after its request.
 */
struct zygote_word {
	enum { ZYGOTE_FORK, ZYGOTE_READY, ZYGOTE_FORKED, ZYGOTE_SERVES } what;
	int32_t slot, pid;
};
#define ZYGOTE_PATIENCE_MS 30000

/* Signals to a worker besides SIGTERM (end after your request). */
#define ZYGOTE_OVERDUE SIGALRM	/* your request's time is up: answer 504 and end, now */
#define ZYGOTE_KICK SIGUSR1	/* look for a request again */

#endif
