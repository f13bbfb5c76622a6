/*
 * raw.c - libfcgi and nothing else: the floor for anything on it. What our runtime adds is measured against it.
 *
 *	raw SOCKET PROCESSES
 *
 * The processes share the listening socket, as workers of fnd do, and end with the first of them.
 */
#include <fcgiapp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

static _Noreturn void
serve(int listener)
{
	FCGX_Request request;

	FCGX_InitRequest(&request, listener, 0);
	while (FCGX_Accept_r(&request) >= 0) {
		FCGX_PutS("Status: 204\r\nX-Request-Id: 0123456789abcdef0123456789abcdef\r\n\r\n", request.out);
		FCGX_Finish_r(&request);
	}
	_exit(EX_OSERR);
}

int
main(int argc, char **argv)
{
	int listener = argc == 3 && FCGX_Init() == 0 ? FCGX_OpenSocket(argv[1], 1024) : -1;

	if (listener < 0 || chmod(argv[1], 0777) < 0)
		return EX_USAGE;
	for (int n = atoi(argv[2]); n > 1; n--)
		if (fork() == 0 && prctl(PR_SET_PDEATHSIG, SIGTERM) == 0)
			serve(listener);
	serve(listener);
}
