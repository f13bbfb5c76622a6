/*
 * server.h - the life of a function's process.
 */
#ifndef RUNTIME_SERVER_H
#define RUNTIME_SERVER_H

#include "route.h"

/*
 * Serves the function on file descriptor 0, a listening socket, until SIGTERM; a request that is being answered
 * is answered first. The result is the process's exit code: 0, or one of sysexits.h with the reason in the log.
 */
int server_run(const struct function *f);

#endif
