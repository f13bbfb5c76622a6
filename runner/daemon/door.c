/*
 * door.c - see door.h.
 *
 * One thread, one poll(). A way through is two sockets that do not block, and for each direction at most one
 * buffer full of bytes under way: while it holds any, nothing more is read from that side.
 */
#include "door.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

struct flow {				/* from one end to the other */
	uint8_t data[16384];
	size_t at, len;
	bool ended;			/* nothing more will be read */
	bool told;			/* and the other end knows */
};

struct way {
	bool open;
	int end[2];			/* inside, outside */
	struct flow flow[2];		/* from inside, from outside */
};

struct door {
	pthread_t thread;
	int listener, shut;		/* shut: an eventfd */
	struct addrinfo *to;
	int64_t carried;
	_Atomic int trouble;		/* an errno */
	struct way ways[DOOR_CONNECTIONS_MAX];
};

static void
close_way(struct way *w)
{
	close(w->end[0]);
	close(w->end[1]);
	w->open = false;
}

static int
connect_out(struct door *d)
{
	int fd = socket(d->to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0 && connect(fd, d->to->ai_addr, d->to->ai_addrlen) < 0 && errno != EINPROGRESS) {
		atomic_store(&d->trouble, errno);
		close(fd);
		return -1;
	}
	return fd;
}

static void
accept_one(struct door *d, struct way *w)
{
	int in = accept4(d->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int out = in < 0 ? -1 : connect_out(d);

	if (out < 0) {
		if (in >= 0)
			close(in);
		return;
	}
	memset(w, 0, sizeof(*w));
	w->end[0] = in;
	w->end[1] = out;
	w->open = true;
}

static struct way *
free_way(struct door *d)
{
	for (size_t i = 0; i < DOOR_CONNECTIONS_MAX; i++)
		if (!d->ways[i].open)
			return &d->ways[i];
	return NULL;
}

static bool
would_block(void)
{
	return errno == EAGAIN || errno == EINTR;
}

/* From end i to the other, as far as it goes now. False: it is broken. */
static bool
carry(struct door *d, struct way *w, int i, short ready_in, short ready_out)
{
	struct flow *f = &w->flow[i];

	if (f->len == 0 && !f->ended && ready_in != 0) {
		ssize_t n = read(w->end[i], f->data, sizeof(f->data));
		if (n < 0 && !would_block()) {
			atomic_store(&d->trouble, errno);
			return false;
		}
		f->ended = n == 0;
		f->at = 0;
		f->len = n > 0 ? (size_t)n : 0;
		d->carried += n > 0 ? n : 0;
	}
	if (f->len > 0 && (ready_out & (POLLOUT | POLLERR | POLLHUP)) != 0) {
		ssize_t n = send(w->end[!i], f->data + f->at, f->len, MSG_NOSIGNAL);
		if (n < 0 && !would_block())
			return false;
		f->at += n > 0 ? (size_t)n : 0;
		f->len -= n > 0 ? (size_t)n : 0;
	}
	if (f->ended && f->len == 0 && !f->told) {
		shutdown(w->end[!i], SHUT_WR);
		f->told = true;
	}
	return true;
}

static short
interest(const struct way *w, int i)
{
	short events = 0;

	if (w->flow[i].len == 0 && !w->flow[i].ended)
		events |= POLLIN;
	if (w->flow[!i].len > 0)
		events |= POLLOUT;
	return events;
}

static void
serve(struct door *d, struct way *w, const struct pollfd p[2])
{
	bool good = carry(d, w, 0, p[0].revents & (POLLIN | POLLHUP | POLLERR), p[1].revents) &&
	    carry(d, w, 1, p[1].revents & (POLLIN | POLLHUP | POLLERR), p[0].revents);

	if (!good || (w->flow[0].told && w->flow[1].told) || d->carried > DOOR_BYTES_MAX)
		close_way(w);
}

static void *
keep(void *arg)
{
	struct door *d = arg;
	struct pollfd p[2 + 2 * DOOR_CONNECTIONS_MAX];

	for (;;) {
		struct way *room = d->carried > DOOR_BYTES_MAX ? NULL : free_way(d);
		p[0] = (struct pollfd){ .fd = d->shut, .events = POLLIN };
		p[1] = (struct pollfd){ .fd = room != NULL ? d->listener : -1, .events = POLLIN };
		for (size_t i = 0; i < DOOR_CONNECTIONS_MAX; i++)
			for (int e = 0; e < 2; e++) {
				short events = d->ways[i].open ? interest(&d->ways[i], e) : 0;
				p[2 + 2 * i + (size_t)e] = (struct pollfd){ .fd = events != 0 ? d->ways[i].end[e] : -1,
					.events = events };
			}
		if (poll(p, sizeof(p) / sizeof(*p), -1) < 0 && errno != EINTR)
			return NULL;
		if (p[0].revents != 0)
			return NULL;
		for (size_t i = 0; i < DOOR_CONNECTIONS_MAX; i++)
			if (d->ways[i].open)
				serve(d, &d->ways[i], &p[2 + 2 * i]);
		if (p[1].revents != 0)
			accept_one(d, room);
	}
}

struct door *
door_open(int listener, const char *host, const char *port, struct err *err)
{
	struct addrinfo want = { .ai_socktype = SOCK_STREAM };
	struct door *d = calloc(1, sizeof(*d));

	if (d == NULL)
		abort();
	int r = getaddrinfo(host, port, &want, &d->to);
	if (r != 0) {
		err_set(err, ERR_BUSY, "%.100s: %s", host, gai_strerror(r));
		free(d);
		return NULL;
	}
	d->listener = listener;
	d->shut = eventfd(0, EFD_CLOEXEC);
	if (d->shut < 0 || pthread_create(&d->thread, NULL, keep, d) != 0)
		abort();
	return d;
}

const char *
door_trouble(const struct door *d)
{
	int error = atomic_load(&d->trouble);

	return error != 0 ? strerrordesc_np(error) : NULL;
}

void
door_close(struct door *d)
{
	if (d == NULL)
		return;
	eventfd_write(d->shut, 1);
	pthread_join(d->thread, NULL);
	for (size_t i = 0; i < DOOR_CONNECTIONS_MAX; i++)
		if (d->ways[i].open)
			close_way(&d->ways[i]);
	close(d->shut);
	freeaddrinfo(d->to);
	free(d);
}
