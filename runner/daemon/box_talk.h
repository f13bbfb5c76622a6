/*
 * box_talk.h - bytes to and from an init: for box.c and box_talk.c alone.
 */
#ifndef RUNNER_BOX_TALK_H
#define RUNNER_BOX_TALK_H

#include "box.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A whole frame, and with its first byte n descriptors, of which at most MESSAGE_FDS. 0, or -1 with errno set. */
int talk_send(int sock, const uint8_t *frame, size_t len, const int *fds, unsigned n);

/* Exactly len bytes, each within so many ms of the last. A descriptor that comes is put into *fd, if fd is given. */
bool talk_receive(int sock, void *data, size_t len, int ms, int *fd);

/* What every program in the box has: user and limits. */
void talk_limits(const struct box *b, struct program *p);

#endif
