/*
 * connection.h - the gateway's connection, a new one for each request: libfcgi reads and writes, we accept and close.
 */
#ifndef RUNTIME_CONNECTION_H
#define RUNTIME_CONNECTION_H

#include <fcgiapp.h>

/* Prepares *fcgi for the connections of `listener`, which does not block. 0, or -1. */
int connection_prepare(FCGX_Request *fcgi, int listener);

/*
 * The next connection; then its request's parameters. 0, or the errno that it failed with. How long a gateway may
 * say nothing in between is not limited here: the worker is at a request from connection_take() on, and that has a
 * deadline.
 */
int connection_take(FCGX_Request *fcgi);
int connection_read(FCGX_Request *fcgi);

/* Sends what is left of the reply, and closes the connection; without harm to the reply, whatever was left unread. */
void connection_done(FCGX_Request *fcgi);

#endif
