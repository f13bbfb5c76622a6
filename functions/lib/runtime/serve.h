/*
 * serve.h - one request, from its parameters to the last that it left to be done.
 */
#ifndef RUNTIME_SERVE_H
#define RUNTIME_SERVE_H

#include "overload.h"
#include "request.h"
#include "scoreboard.h"

/* What a worker is to fnd and to those who wait. Who started us gave us the board and our place in it. */
struct worker {
	struct board *board;
	struct slot *slot;
	struct overload overload;
};

/*
 * Answers what connection_take() has taken, and closes its connection. *r is what the worker has for all its requests:
 * its services and its memory stay, whatever else was in it is forgotten.
 */
void serve(struct request *r, FCGX_Request *fcgi, const struct function *f, struct worker *w);

#endif
