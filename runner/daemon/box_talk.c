/*
 * box_talk.c - see box_talk.h and, for the calls on a box, box.h.
 *
 * The init shares its container with hostile code. What it says is read with bounds and within a time; a descriptor
 * is taken from it only with TERMINAL, and any other is closed unseen.
 */
#include "box_talk.h"

#include "box.h"
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SAY_MS 2000	/* a frame that has begun is whole within this, or its sender is not in his right mind */

union control {
	struct cmsghdr head;
	char space[CMSG_SPACE(MESSAGE_FDS * sizeof(int))];
};

static int
send_all(int sock, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = send(sock, data, len, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR)
			return -1;
		data += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

int
talk_send(int sock, const uint8_t *frame, size_t len, const int *fds, unsigned n)
{
	union control control = { 0 };
	struct iovec io = { (void *)(uintptr_t)frame, 1 };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1 };

	if (n > 0) {
		control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(n * sizeof(int)), .cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS };
		memcpy(CMSG_DATA(&control.head), fds, n * sizeof(int));
		m.msg_control = &control;
		m.msg_controllen = CMSG_SPACE(n * sizeof(int));
	}
	return sendmsg(sock, &m, MSG_NOSIGNAL) == 1 ? send_all(sock, frame + 1, len - 1) : -1;
}

/* Room for one descriptor: the kernel closes what does not fit. */
static ssize_t
receive_some(int sock, void *data, size_t len, int *fd)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec io = { data, len };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = fd != NULL ? &control : NULL,
		.msg_controllen = fd != NULL ? CMSG_LEN(sizeof(int)) : 0 };
	ssize_t n = recvmsg(sock, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct cmsghdr *c = n >= 0 ? CMSG_FIRSTHDR(&m) : NULL;

	if (c != NULL && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(int))) {
		if (*fd >= 0)
			close(*fd);
		memcpy(fd, CMSG_DATA(c), sizeof(int));
	}
	return n;
}

bool
talk_receive(int sock, void *data, size_t len, int ms, int *fd)
{
	struct pollfd p = { .fd = sock, .events = POLLIN };

	for (size_t done = 0; done < len;) {
		if (poll(&p, 1, ms) <= 0)
			return false;
		ssize_t n = receive_some(sock, (uint8_t *)data + done, len - done, fd);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return false;
		done += n > 0 ? (size_t)n : 0;
	}
	return true;
}

bool
box_alive(const struct box *b)
{
	uint8_t byte;

	return recv(b->sock, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EINTR);
}

void
talk_limits(const struct box *b, struct program *p)
{
	p->uid = b->uid;
	p->file_limit = (uint32_t)(b->limits->work > b->limits->tmp ? b->limits->work : b->limits->tmp);
	p->open_limit = (uint32_t)b->limits->files;
}

int
box_start(struct box *b, struct err *err, struct program *p, int artifact, int result)
{
	int fds[2];
	unsigned n = 0;
	size_t len;

	talk_limits(b, p);
	p->flags &= PROGRAM_TERMINAL;
	if (b->held && p->flags == 0 && artifact < 0 && result < 0 && program_is_usual(p, b->language))
		p->flags = PROGRAM_HELD;
	if (artifact >= 0) {
		p->flags |= PROGRAM_ARTIFACT;
		fds[n++] = artifact;
	} else
		p->artifact = (struct program_text){ "", 0 };
	if (result >= 0) {
		p->flags |= PROGRAM_RESULT;
		fds[n++] = result;
	}
	uint8_t *frame = message_program_put(p, &len);
	if (frame == NULL)
		return err_set(err, ERR_TOO_LARGE, "its files are larger than a sandbox takes");
	int r = talk_send(b->sock, frame, len, fds, n);
	free(frame);
	return r == 0 ? 0 : err_set(err, ERR_BUSY, "%s: %s", b->name, strerror(errno));
}

/* The terminal's other end, made ours. */
static bool
take_terminal(struct box *b, int fd)
{
	if (fd < 0 || b->terminal >= 0 || !isatty(fd) || fcntl(fd, F_SETFL, O_NONBLOCK) < 0) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	b->terminal = fd;
	return true;
}

bool
box_hear(struct box *b, struct box_said *said)
{
	uint8_t head[MESSAGE_HEAD];
	uint32_t len;
	int fd = -1;
	bool good = talk_receive(b->sock, head, sizeof(head), SAY_MS, &fd) &&
	    message_head(head, &said->kind, &len) && len < sizeof(said->text) &&
	    talk_receive(b->sock, said->text, len, SAY_MS, NULL);

	if (good && said->kind == MESSAGE_TERMINAL)
		return take_terminal(b, fd);
	if (fd >= 0)
		close(fd);
	if (!good)
		return false;
	said->text[len] = '\0';
	if (said->kind == MESSAGE_ENDED)
		return message_ending((const uint8_t *)said->text, len, &said->ending);
	return said->kind == MESSAGE_HELD || said->kind == MESSAGE_STARTED || said->kind == MESSAGE_FAILED;
}

void
box_tell(const struct box *b, enum message_kind kind)
{
	uint8_t head[MESSAGE_HEAD];

	message_head_put(head, kind, 0);
	send(b->sock, head, sizeof(head), MSG_NOSIGNAL | MSG_DONTWAIT);
}
