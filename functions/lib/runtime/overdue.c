/*
 * overdue.c - the request's time is up.
 *
 * Wherever the function hangs, a signal reaches it. All that is left to do is to say so: one write(2) of an answer
 * that is made on the spot, and the end. Where even that fails (the signal is blocked, the reply is half sent)
 * fnd kills the worker a second later, and the gateway answers.
 */
#include "life.h"

#include "canned.h"
#include "log.h"
#include "zygote.h"

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
answer(int signal)
{
	char text[CANNED_MAX];
	const struct canned late = { 504, "timeout", "It took too long", NULL, current, connection_id };

	(void)signal;
	if (connection < 0)
		return;
	read_the_rest();
	int code = write(connection, text, canned_answer(text, &late)) < 0 ? EX_IOERR : EX_TEMPFAIL;
	log_flush();
	_exit(code);
}

void
overdue_from(int fd, int fcgi_id, const char *request)
{
	static bool set;

	if (!set)
		sigaction(ZYGOTE_OVERDUE, &(struct sigaction){ .sa_handler = answer }, NULL);
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
