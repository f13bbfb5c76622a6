/*
 * zygote.c - forks this function's workers for fnd: base/zygote.h has the agreement.
 *
 * Every worker holds the reading end of a pipe that only the zygote can write to. Nobody ever does: when the zygote
 * is gone, the pipe hangs up, and that is what tells its workers to leave.
 */
#include "life.h"

#include "local.h"
#include "log.h"
#include "zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RESTOCK_MS 500	/* after a fork a connection for the next worker is opened */
#define RETRY_MS 5000

bool
zygote_wanted(void)
{
	return getenv(ZYGOTE_VARIABLE) != NULL;
}

static void
say(struct zygote_word word)
{
	if (send(ZYGOTE_CONTROL, &word, sizeof(word), MSG_NOSIGNAL) < 0)
		log_debug("fnd does not listen: %s", strerror(errno));
}

/*
 * As fork(2), but a child of our parent. Not by fork(3), which cannot; nothing that we use asks to be told of a fork
 * (OpenSSL compares process ids), and there is one thread.
 */
static pid_t
fork_sibling(void)
{
	return (pid_t)syscall(SYS_clone, (long)(CLONE_PARENT | SIGCHLD), 0L, 0L, 0L, 0L);
}

/* Both descriptors to whoever connected. True when it needs us no more; false where it has died before. */
static bool
hand_over(int to)
{
	const int fds[] = { ZYGOTE_LISTENER, ZYGOTE_TAKEOVER };
	char byte;
	bool enough = local_send_pair(to, fds) && recv(to, &byte, 1, 0) == 1;

	close(to);
	return enough;
}

static void
wait_for_another(void)
{
	struct pollfd p = { .fd = ZYGOTE_TAKEOVER, .events = POLLIN };
	int to;

	do {
		to = poll(&p, 1, ZYGOTE_PATIENCE_MS) > 0 ? accept4(ZYGOTE_TAKEOVER, NULL, NULL, SOCK_CLOEXEC) : -1;
		if (to < 0)
			log_error("fnd is gone, and none came in its place: so are we");
	} while (to >= 0 && !hand_over(to));
}

/* PostgreSQL begins its part before there is a worker, for who will need it: a worker without a request needs none. */
static void
hasten(const struct board *board, struct pg *pg)
{
	struct pollfd p = { .fd = ZYGOTE_LISTENER, .events = POLLIN };

	if (atomic_load(&board->first_asked) && poll(&p, 1, 0) > 0)
		pg_hasten(pg);
}

/*
 * The next word of fnd; false: it is gone. While we wait for one there is nothing to do, so that is when a
 * connection is opened for the next worker: not just now, when the one that was forked has all there is to itself,
 * and only where workers begin by asking PostgreSQL. One that was lost is opened anew in a while, for as long as
 * that takes.
 */
static bool
hear(const struct board *board, struct pg *pg, struct zygote_word *word)
{
	int pause = RESTOCK_MS;

	for (;;) {
		struct pollfd waits[] = { { .fd = ZYGOTE_CONTROL, .events = POLLIN }, pg_waits(pg) };
		bool has_spare = waits[1].fd >= 0;
		int n = poll(waits, 2, has_spare ? -1 : pause);
		if (n > 0 && waits[0].revents != 0)
			return recv(ZYGOTE_CONTROL, word, sizeof(*word), 0) == sizeof(*word);
		if (n > 0)
			pg_advance(pg);
		else if (n == 0 && atomic_load(&board->first_asked))
			pg_hasten(pg);
		pause = RETRY_MS;
	}
}

int
zygote_run(const struct board *board, struct pg *pg, int *lifeline)
{
	struct zygote_word word;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0) {
		log_error("no worker can be forked: %s", strerror(errno));
		return -1;
	}
	say((struct zygote_word){ ZYGOTE_READY, -1, getpid() });
	if (pg_waits(pg).fd >= 0)
		pg_advance(pg);		/* the one by which the SQL was checked: nobody has planned it yet */
	while (hear(board, pg, &word)) {
		hasten(board, pg);
		pid_t pid = fork_sibling();
		if (pid == 0) {
			close(ends[1]);
			close(ZYGOTE_TAKEOVER);
			*lifeline = ends[0];
			return word.slot;
		}
		say((struct zygote_word){ ZYGOTE_FORKED, word.slot, pid });
		if (pid > 0)
			pg_hand_over(pg);
	}
	wait_for_another();
	return -1;
}

void
zygote_serves(int slot)
{
	say((struct zygote_word){ ZYGOTE_SERVES, slot, getpid() });
	close(ZYGOTE_CONTROL);
}
