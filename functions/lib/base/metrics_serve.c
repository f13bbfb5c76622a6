/*
 * metrics_serve.c - see metrics_serve.h.
 *
 * HTTP as little as a scraper needs: the first line is looked at, the rest of the head is read and left. Nobody
 * from outside gets here: it is a unix socket for a group, or a port on loopback.
 */
#include "metrics_serve.h"

#include "local.h"
#include "log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#define HEAD_MAX 8192

static void (*write_metrics)(struct buf *);

/* Of the group whose folder it is in: who may look there may ask. */
static int
bind_unix(const char *path)
{
	char folder[LOCAL_PATH];
	struct stat st;

	snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(path, '/') - path), path);
	if (stat(folder[0] != '\0' ? folder : "/", &st) < 0)
		return -1;
	return local_bind(path, SOCK_STREAM, 0660, (uid_t)-1, st.st_gid);
}

static int
bind_loopback(const char *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)atoi(port)) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) < 0)
		return -1;
	return bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ? -1 : fd;
}

/* The head of a request, up to the empty line. False: it was none, or came too slowly. */
static bool
read_head(int fd, char head[HEAD_MAX])
{
	size_t len = 0;

	while (len < HEAD_MAX - 1) {
		ssize_t n = recv(fd, head + len, HEAD_MAX - 1 - len, 0);
		if (n <= 0)
			return false;
		len += (size_t)n;
		head[len] = '\0';
		if (strstr(head, "\r\n\r\n") != NULL || strstr(head, "\n\n") != NULL)
			return true;
	}
	return false;
}

static void
send_all(int fd, const struct buf *b)
{
	for (size_t done = 0; done < b->len;) {
		ssize_t n = send(fd, b->data + done, b->len - done, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		done += (size_t)n;
	}
}

static void
answer(int fd)
{
	struct buf text = { 0 }, out = { 0 };
	char head[HEAD_MAX];

	if (!read_head(fd, head))
		return;
	const char *status = "200 OK";
	if (strncmp(head, "GET /metrics ", 13) == 0)
		write_metrics(&text);
	else
		status = "404 Not Found";
	buf_printf(&out, "HTTP/1.1 %s\r\nContent-Type: text/plain; version=0.0.4\r\n", status);
	buf_printf(&out, "Content-Length: %zu\r\nConnection: close\r\n\r\n", text.len);
	buf_add(&out, text.data, text.len);
	send_all(fd, &out);
	buf_free(&text);
	buf_free(&out);
}

static void *
serve(void *arg)
{
	int door = (int)(intptr_t)arg;
	struct timeval patience = { .tv_sec = 2 };

	for (;;) {
		int fd = accept4(door, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0) {
			usleep(100000);		/* no descriptors left, perhaps */
			continue;
		}
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
		answer(fd);
		close(fd);
	}
	return NULL;
}

int
metrics_serve(const char *where, void (*write)(struct buf *))
{
	int fd = where[0] == '/' ? bind_unix(where) : bind_loopback(where);
	pthread_t thread;

	if (fd < 0 || listen(fd, 16) < 0) {
		log_error("metrics at %s: %s", where, strerror(errno));
		return -1;
	}
	write_metrics = write;
	if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) != 0)
		abort();
	return 0;
}
