/*
 * wire.h - frames between the init and the runner, as the init sends and receives them.
 *
 * The runner going away is the ordinary end of a container that nobody needs any more: the process then exits
 * with 0, here. Whatever else goes wrong ends it with 1 and a line on standard error.
 */
#ifndef INIT_WIRE_H
#define INIT_WIRE_H

#include "message.h"

/* What came: its body is in `body`, which the next one overwrites; descriptors are closed on exec, -1: none. */
struct frame {
	enum message_kind kind;
	uint32_t len;
	const uint8_t *body;
	int fds[MESSAGE_FDS];
	unsigned fd_count;
};

void give_up(const char *what) __attribute__((noreturn));

/* The next frame, however long it takes. */
void wire_receive(int sock, struct frame *f);

/* At most 512 bytes of body; fd goes with it unless it is -1. */
void wire_send(int sock, enum message_kind kind, const void *data, size_t len, int fd);

#endif
