/*
 * bell.h - the stream `messages` of Redis: that a message was sent, so that it is looked for at once.
 *
 * A doorbell and no more: without it whoever waits also looks each second.
 */
#ifndef DISPATCH_BELL_H
#define DISPATCH_BELL_H

#include <stdbool.h>

/* Where Redis is. Does not connect yet. */
void bell_init(const char *path);

/* The descriptor that is readable when it rings; -1 while Redis is away. */
int bell_fd(void);

/* To be called when it is readable. Whether it rang. */
bool bell_rang(void);

#endif
