/*
 * wire.c - see wire.h.
 */
#include "wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static uint8_t body[MESSAGE_MAX];	/* untouched pages cost nothing */

union control {
	struct cmsghdr head;
	char space[CMSG_SPACE(MESSAGE_FDS * sizeof(int))];
};

void
give_up(const char *what)
{
	fprintf(stderr, "init: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
receive(int sock, void *data, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = recv(sock, (uint8_t *)data + done, len - done, 0);
		if (n == 0)
			exit(0);
		if (n < 0 && errno != EINTR)
			give_up("receive");
		done += n > 0 ? (size_t)n : 0;
	}
}

/* The first byte of a frame, and the descriptors that came with it. */
static void
receive_first(int sock, uint8_t *first, struct frame *f)
{
	union control control;
	struct iovec io = { first, 1 };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control,
		.msg_controllen = sizeof(control) };
	ssize_t n;

	do
		n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n == 0)
		exit(0);
	if (n < 0)
		give_up("receive");
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	f->fd_count = 0;
	if (c == NULL || c->cmsg_type != SCM_RIGHTS)
		return;
	f->fd_count = (unsigned)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
	memcpy(f->fds, CMSG_DATA(c), f->fd_count * sizeof(int));
}

void
wire_receive(int sock, struct frame *f)
{
	uint8_t head[MESSAGE_HEAD];

	for (unsigned i = 0; i < MESSAGE_FDS; i++)
		f->fds[i] = -1;
	receive_first(sock, head, f);
	receive(sock, head + 1, sizeof(head) - 1);
	errno = EPROTO;
	if (!message_head(head, &f->kind, &f->len))
		give_up("frame");
	receive(sock, body, f->len);
	f->body = body;
}

void
wire_send(int sock, enum message_kind kind, const void *data, size_t len, int fd)
{
	uint8_t frame[MESSAGE_HEAD + 512];
	union control control = { 0 };
	struct iovec io = { frame, 0 };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1 };

	if (len > 512)
		len = 512;
	message_head_put(frame, kind, (uint32_t)len);
	memcpy(frame + MESSAGE_HEAD, data, len);
	io.iov_len = MESSAGE_HEAD + len;
	if (fd >= 0) {
		m.msg_control = &control;
		m.msg_controllen = CMSG_SPACE(sizeof(int));
		control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS };
		memcpy(CMSG_DATA(&control.head), &fd, sizeof(int));
	}
	while (io.iov_len > 0) {
		ssize_t n = sendmsg(sock, &m, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR)
			exit(0);	/* the runner is gone: so is the reason to be here */
		io.iov_base = (uint8_t *)io.iov_base + (n > 0 ? n : 0);
		io.iov_len -= n > 0 ? (size_t)n : 0;
		if (n > 0)
			m.msg_controllen = 0;
	}
}
