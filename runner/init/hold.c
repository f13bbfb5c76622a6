/*
 * hold.c - see hold.h.
 */
#include "hold.h"

#include "wire.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DOOR_S 15	/* an interpreter that is not up by then, on a bad day, is not worth more */

bool
hold_start(struct hold *h, const struct child *c, char complaint[COMPLAINT_MAX])
{
	struct timeval patience = { .tv_sec = DOOR_S };
	struct child mine = *c;
	int pair[2];
	char byte;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		give_up("socketpair");
	mine.third = pair[1];
	h->door = pair[0];
	h->pid = child_start(&mine, complaint);
	close(pair[1]);
	setsockopt(h->door, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (complaint[0] == '\0' && recv(h->door, &byte, 1, 0) == 1)
		return true;
	if (complaint[0] == '\0')
		snprintf(complaint, COMPLAINT_MAX, "it did not come to its door");
	hold_end(h);
	return false;
}

bool
hold_alive(struct hold *h)
{
	if (h->pid == 0 || waitpid(h->pid, NULL, WNOHANG) == 0)
		return h->pid != 0;
	h->pid = 0;
	close(h->door);
	return false;
}

pid_t
hold_go(struct hold *h, uint64_t *cpu_us)
{
	struct timespec t = { 0 };
	clockid_t clock;

	if (clock_getcpuclockid(h->pid, &clock) == 0 && clock_gettime(clock, &t) == 0)
		*cpu_us = (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
	/* If it died just now, that is how the program ended. */
	if (send(h->door, "", 1, MSG_NOSIGNAL) < 0 && errno != EPIPE)
		give_up("door");
	close(h->door);
	return h->pid;
}

void
hold_end(struct hold *h)
{
	if (h->pid == 0)
		return;
	kill(h->pid, SIGKILL);
	while (waitpid(h->pid, NULL, 0) < 0 && errno == EINTR)
		;
	close(h->door);
	h->pid = 0;
}
