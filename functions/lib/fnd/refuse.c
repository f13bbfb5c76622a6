/*
 * refuse.c - see refuse.h.
 *
 * Who is refused must still be heard: one who writes to a socket that was closed takes that for our answer. So a
 * refused connection is read until its other end hangs up, or its time is over; the answer goes out when the first
 * bytes of the request are there, which hold its id.
 */
#include "refuse.h"

#include "canned.h"
#include "clock.h"
#include "loop.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 512		/* at once; the others wait until one of these hangs up */
#define PATIENCE_MS 2000

static struct refused {
	struct watch watch;
	int fd;
	int64_t until;		/* 0: nobody is here */
	int64_t retry_ms;
	bool answered;
} all[MOST];

/* The value of REQUEST_ID among FastCGI's name-value pairs: both lengths are a byte before the name. */
static void
find_id(const char *data, size_t len, char out[65])
{
	static const char name[] = "REQUEST_ID";
	const size_t n = sizeof(name) - 1;
	const char *at = len > 2 ? memmem(data + 2, len - 2, name, n) : NULL;

	out[0] = '\0';
	if (at == NULL || at[-2] != (char)n || at[-1] < 0 || at[-1] > 64 || at + n + at[-1] > data + len)
		return;
	size_t size = (size_t)at[-1];
	memcpy(out, at + n, size);
	out[size] = '\0';
	if (strspn(out, "0123456789abcdefABCDEF-") != size)
		out[0] = '\0';
}

static void
answer(struct refused *r, const char *data, size_t len)
{
	char text[CANNED_MAX], retry[8], id[65];
	struct canned busy = { 503, "busy", "Try again in a moment", retry, id, 1 };

	snprintf(retry, sizeof(retry), "%lld", (long long)(r->retry_ms + 999) / 1000 % 1000);
	find_id(data, len, id);
	if (len >= 4)
		busy.id = (unsigned)(unsigned char)data[2] << 8 | (unsigned char)data[3];
	size_t n = canned_answer(text, &busy);
	r->answered = send(r->fd, text, n, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)n;
	shutdown(r->fd, SHUT_WR);
}

static void
hang_up(struct refused *r)
{
	close(r->fd);
	r->until = 0;
}

static void
hear(void *of)
{
	static char data[65536];
	struct refused *r = of;
	ssize_t n = recv(r->fd, data, sizeof(data), MSG_DONTWAIT);

	if (n <= 0)
		hang_up(r);
	else if (!r->answered)
		answer(r, data, (size_t)n);
}

unsigned
refuse_all(int listener, int64_t retry_ms)
{
	int64_t until = clock_mono_ms() + PATIENCE_MS;
	unsigned n = 0;

	for (struct refused *r = all; r < all + MOST; r++) {
		int fd = r->until == 0 ? accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK) : -1;
		if (fd >= 0) {
			*r = (struct refused){ { hear, r }, fd, until, retry_ms, false };
			loop_watch(fd, EPOLLIN, &r->watch);
			n++;
		} else if (r->until == 0)
			break;
	}
	return n;
}

void
refuse_tick(int64_t now)
{
	for (struct refused *r = all; r < all + MOST; r++) {
		if (r->until != 0 && now >= r->until)
			hang_up(r);
		else if (r->until != 0)
			loop_until(r->until);
	}
}
