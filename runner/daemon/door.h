/*
 * door.h - the one way out of a sandbox that has no network: to one host and port.
 *
 * The listening socket was made by the init inside, on the container's own loopback, and handed to us: connections come
 * from in there, whoever holds it. A thread takes them, connects to the host as we see it, and carries bytes. What is
 * inside can therefore speak to that host and port and to nothing else, whatever name or address it believes in.
 */
#ifndef RUNNER_DOOR_H
#define RUNNER_DOOR_H

#include "err.h"

struct door;

#define DOOR_CONNECTIONS_MAX 16
#define DOOR_BYTES_MAX (512ll << 20)	/* carried in all; then it is shut */

/*
 * Opens it: host and port as getaddrinfo() takes them, looked up once. `listener` is the caller's and must stay open
 * until door_close(). NULL with the error set where the name is not known.
 */
struct door *door_open(int listener, const char *host, const char *port, struct err *err);

/* Why connections failed, for a person; NULL if none did. Valid until door_close(). */
const char *door_trouble(const struct door *d);

/* Shuts it, and what goes through it. NULL is fine. */
void door_close(struct door *d);

#endif
