/*
 * connection.c - see connection.h.
 *
 * libfcgi waits before it reads from a new connection and, having shut down its side of one, reads until the other
 * side is closed too: four system calls that a request whose every byte was read does not need. So libfcgi is
 * handed an accepted descriptor, and told that it is to be kept; then it neither accepts nor closes.
 *
 * A request with something left unread (a body that was refused for who sends it) is different: close(2) would fail
 * what the gateway is still writing, and the gateway would forget our answer over it. That one libfcgi closes.
 */
#include "connection.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int
connection_prepare(FCGX_Request *fcgi, int listener)
{
	return FCGX_Init() == 0 && FCGX_InitRequest(fcgi, listener, 0) == 0 ? 0 : -1;
}

int
connection_take(FCGX_Request *fcgi)
{
	int fd = accept4(fcgi->listen_sock, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return errno;
	fcgi->ipcFd = fd;
	fcgi->keepConnection = 1;	/* or it were closed by the next call, as one of before */
	return 0;
}

int
connection_read(FCGX_Request *fcgi)
{
	int error = FCGX_Accept_r(fcgi);

	return error < 0 ? -error : 0;
}

/* Nothing is waited for but what the gateway is about to send: the record that ends the body, or more of the body. */
static int
is_read_to_the_end(FCGX_Request *fcgi)
{
	return FCGX_GetChar(fcgi->in) == EOF;
}

void
connection_done(FCGX_Request *fcgi)
{
	fcgi->keepConnection = is_read_to_the_end(fcgi);
	FCGX_Finish_r(fcgi);
	if (fcgi->ipcFd >= 0)
		close(fcgi->ipcFd);
	fcgi->ipcFd = -1;
}
