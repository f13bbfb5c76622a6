/*
 * realtime.c - see realtime.h.
 *
 * One HTTP/1.1 connection on a unix socket, one request on its way at a time: head and body leave in one
 * writev(2), the answer is read when the next publish or a flush comes. nginx closes a kept connection now and
 * then; that is noticed before writing (the socket is readable though nothing is due), so nothing is sent twice.
 */
#include "realtime.h"

#include "local.h"
#include "log.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define TIMEOUT_S 1
#define ANSWER_MAX 8192		/* nchan's answers have a few hundred bytes */

struct realtime {
	char *path;
	int fd;			/* -1: not connected */
	bool due;		/* an answer is to be read */
	struct err failure;	/* of a publish whose answer came late; told by the next flush */
};

struct realtime *
realtime_new(const char *socket_path)
{
	struct realtime *rt = calloc(1, sizeof(*rt));

	if (rt == NULL || (rt->path = strdup(socket_path)) == NULL)
		abort();
	rt->fd = -1;
	return rt;
}

static void
disconnect(struct realtime *rt)
{
	if (rt->fd >= 0)
		close(rt->fd);
	rt->fd = -1;
	rt->due = false;
}

void
realtime_free(struct realtime *rt)
{
	if (rt == NULL)
		return;
	disconnect(rt);
	free(rt->path);
	free(rt);
}

static int
connect_now(struct realtime *rt, struct err *e)
{
	rt->fd = local_connect(rt->path, SOCK_STREAM, TIMEOUT_S);
	return rt->fd >= 0 ? 0 : err_set(e, ERR_BUSY, "realtime: %s: %s", rt->path, strerror(errno));
}

/* Connected, with nothing due and nothing to read. */
static int
ready(struct realtime *rt, struct err *e)
{
	struct pollfd p = { .fd = rt->fd, .events = POLLIN };

	if (rt->fd >= 0 && poll(&p, 1, 0) > 0)
		disconnect(rt);
	return rt->fd >= 0 ? 0 : connect_now(rt, e);
}

static int
lost(struct realtime *rt, struct err *e, const char *what)
{
	disconnect(rt);
	return err_set(e, ERR_BUSY, "realtime: %s: %s", rt->path, what);
}

/* The value of a header in a head that ends in an empty line, or NULL. */
static const char *
header(const char *head, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = strstr(head, "\r\n"); line != NULL && line[2] != '\r'; line = strstr(line + 2, "\r\n"))
		if (strncasecmp(line + 2, name, len) == 0 && line[2 + len] == ':')
			return line + 2 + len + 1 + strspn(line + 2 + len + 1, " ");
	return NULL;
}

/* Of "HTTP/1.1 201 Created\r\n..."; 0 where it is none. */
static int
status_of(const char *text)
{
	return strncmp(text, "HTTP/1.", 7) == 0 && text[7] != '\0' && text[8] == ' ' ? atoi(text + 9) : 0;
}

/* Whether `have` bytes of text are a whole answer; -1 where the answer is not one we understand. */
static int
is_whole(const char *text, size_t have)
{
	const char *end = strstr(text, "\r\n\r\n");

	if (end == NULL)
		return 0;
	size_t head = (size_t)(end - text) + 4;
	const char *length = header(text, "Content-Length"), *coding = header(text, "Transfer-Encoding");
	if (coding != NULL)
		return have >= head + 5 && memcmp(text + have - 5, "0\r\n\r\n", 5) == 0;
	if (length == NULL)
		return status_of(text) == 204 ? 1 : -1;
	unsigned long n = strtoul(length, NULL, 10);
	return n > ANSWER_MAX ? -1 : have - head >= n;
}

static int
judge(struct realtime *rt, struct err *e, const char *text)
{
	const char *connection = header(text, "Connection");
	int status = status_of(text);

	if (connection != NULL && strncasecmp(connection, "close", 5) == 0)
		disconnect(rt);
	if (status >= 200 && status < 300)
		return 0;
	return err_set(e, ERR_BUSY, "realtime: %s: answered %d", rt->path, status);
}

/* Reads the answer that is due. */
static int
take(struct realtime *rt, struct err *e)
{
	char text[ANSWER_MAX + 1];
	size_t have = 0;
	int whole = 0;

	rt->due = false;
	while (whole == 0) {
		ssize_t n = have < ANSWER_MAX ? recv(rt->fd, text + have, ANSWER_MAX - have, 0) : -1;
		if (n < 0 && errno == EINTR && have < ANSWER_MAX)
			continue;
		if (n <= 0)
			return lost(rt, e, n == 0 ? "closed before it answered" : "no answer");
		have += (size_t)n;
		text[have] = '\0';
		whole = is_whole(text, have);
	}
	return whole < 0 ? lost(rt, e, "an answer that is not understood") : judge(rt, e, text);
}

/* Settles what is due; a failure is kept for the flush, since it belongs to an earlier publish. */
static void
settle(struct realtime *rt)
{
	struct err e = { 0 };

	if (!rt->due || take(rt, &e) == 0)
		return;
	log_warn("a message was perhaps not delivered: %s", e.detail);
	if (rt->failure.kind == ERR_NONE)
		rt->failure = e;
}

/* All of both parts, or -1. A peer that is gone is an error here, no SIGPIPE. */
static int
send_all(int fd, struct iovec *part, int n)
{
	while (n > 0) {
		struct msghdr m = { .msg_iov = part, .msg_iovlen = (size_t)n };
		ssize_t sent = sendmsg(fd, &m, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return -1;
		for (; n > 0 && (size_t)sent >= part->iov_len; part++, n--)
			sent -= (ssize_t)part->iov_len;
		if (n > 0) {
			part->iov_base = (char *)part->iov_base + sent;
			part->iov_len -= (size_t)sent;
		}
	}
	return 0;
}

static int
publish(struct realtime *rt, struct err *e, const char *channel, const char *type, const void *data, size_t len)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	char head[512];

	if (strlen(channel) > 200 || channel[strspn(channel, allowed)] != '\0')
		return err_set(e, ERR_INTERNAL, "realtime: %.40s is no channel", channel);
	settle(rt);
	if (ready(rt, e) < 0)
		return -1;
	int n = snprintf(head, sizeof(head),
	    "POST /pub?c=%s HTTP/1.1\r\nHost: viva\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", channel, type,
	    len);
	struct iovec parts[] = { { head, (size_t)n }, { (void *)(uintptr_t)data, len } };
	if (send_all(rt->fd, parts, 2) < 0)
		return lost(rt, e, strerror(errno));
	rt->due = true;
	return 0;
}

int
realtime_publish(struct realtime *rt, struct err *err, const char *channel, const void *data, size_t len)
{
	return publish(rt, err, channel, "application/octet-stream", data, len);
}

int
realtime_publish_text(struct realtime *rt, struct err *err, const char *channel, const void *data, size_t len)
{
	return publish(rt, err, channel, "application/json", data, len);
}

int
realtime_flush(struct realtime *rt, struct err *err)
{
	settle(rt);
	if (rt->failure.kind == ERR_NONE)
		return 0;
	err_set(err, rt->failure.kind, "%s", rt->failure.detail);
	err_clear(&rt->failure);
	return -1;
}
