/*
 * overdue.c - the request's time is up, or its memory.
 *
 * Wherever the function hangs, a signal reaches it. All that is left to do is to say so: one write(2) of an answer
 * that is made on the spot, and the end. Where even that fails (the signal is blocked, the reply is half sent)
 * fnd kills the worker a second later, and the gateway answers.
 *
 * Whoever cannot get memory calls abort(): the arena, a buffer, the document engine, a library. All of them do so
 * right where malloc(3) said ENOMEM, and so the signal tells this from a mistake, which is left to be one. What was
 * being done is not gone on with: its owner's state is half made. It is no crash of the function: another request
 * may need less.
 */
#include "life.h"

#include "canned.h"
#include "log.h"
#include "zygote.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#define PIECES_MAX 1024	/* of a body: more than a socket holds */

static volatile sig_atomic_t connection = -1;
static unsigned connection_id;
static char current[65];

/* What nobody has read when a process ends is told to the other side as a failure, which could hide the answer. */
static void
read_the_rest(void)
{
	char rest[4096];

	for (int i = 0; i < PIECES_MAX && recv(connection, rest, sizeof(rest), MSG_DONTWAIT) > 0; i++)
		continue;
}

static void
end(const struct canned *why)
{
	char text[CANNED_MAX];

	read_the_rest();
	int code = write(connection, text, canned_answer(text, why)) < 0 ? EX_IOERR : EX_TEMPFAIL;
	log_flush();
	_exit(code);
}

static void
time_is_up(int signal)
{
	const struct canned late = { 504, "timeout", "It took too long", NULL, current, connection_id };

	(void)signal;
	if (connection >= 0)
		end(&late);
}

static void
aborted(int signal)
{
	const struct canned large = { 503, "busy", "It took too much memory", "1", current, connection_id };

	(void)signal;
	if (errno != ENOMEM)
		return;
	log_error("no memory is left for this request");
	if (connection >= 0)
		end(&large);
	log_flush();
	_exit(EX_TEMPFAIL);
}

void
overdue_from(int fd, int fcgi_id, const char *request)
{
	static bool set;

	if (!set) {
		sigaction(ZYGOTE_OVERDUE, &(struct sigaction){ .sa_handler = time_is_up }, NULL);
		sigaction(SIGABRT, &(struct sigaction){ .sa_handler = aborted }, NULL);
	}
	set = true;
	strncpy(current, request, sizeof(current) - 1);
	connection_id = (unsigned)fcgi_id;
	connection = fd;
}

void
overdue_until(void)
{
	connection = -1;
}
