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
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 512		/* at once; who comes then is hung up on, and the gateway says 503 */
#define PATIENCE_MS 2000

struct refused {
	struct refused *next;
	struct watch watch;
	int fd;
	int64_t until;
	bool answered;
	char retry[8];
};

static struct refused *all;
static unsigned count;

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
	char text[CANNED_MAX], id[65];
	struct canned busy = { 503, "busy", "Try again in a moment", r->retry, id, 1 };

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
	struct refused **at = &all;

	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	close(r->fd);
	free(r);
	count--;
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

static void
refuse(int fd, int64_t retry_ms, int64_t now)
{
	struct refused *r = count < MOST ? calloc(1, sizeof(*r)) : NULL;

	if (r == NULL) {
		close(fd);
		return;
	}
	*r = (struct refused){ all, { hear, r }, fd, now + PATIENCE_MS, false, "" };
	snprintf(r->retry, sizeof(r->retry), "%lld", (long long)(retry_ms + 999) / 1000 % 1000);
	all = r;
	count++;
	loop_watch(fd, EPOLLIN, &r->watch);
}

unsigned
refuse_all(int listener, int64_t retry_ms)
{
	unsigned n = 0;

	for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0; n++)
		refuse(fd, retry_ms, clock_mono_ms());
	return n;
}

int64_t
refuse_tick(int64_t now)
{
	for (struct refused *r = all, *next; r != NULL; r = next) {
		next = r->next;
		if (now >= r->until)
			hang_up(r);
	}
	return all != NULL ? 100 : INT32_MAX;
}
