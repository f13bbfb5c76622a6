/*
 * realtime.h - publish to the browsers: HTTP POST to a realtime nginx on its unix socket.
 *
 * One kept connection; the answer is read before the next publish or by realtime_flush(), so a
 * caller does not wait for it. A message that nobody hears is no error. A failure is logged
 * and counted, and told to the caller by realtime_flush(): whoever hears may have missed a message
 * and finds it again when it next asks (docs: sync; runs: output after a seq; rooms: get).
 */
#ifndef IO_REALTIME_H
#define IO_REALTIME_H

#include "buf.h"
#include "err.h"

#include <stddef.h>

struct realtime;

struct realtime *realtime_new(const char *socket_path);
void realtime_free(struct realtime *rt);

/* channel: letters, digits, '.', '_', '-'. The bytes are written before the call returns. */
int realtime_publish(struct realtime *rt, struct err *err, const char *channel, const void *data, size_t len);

/* The same as a WebSocket text frame (JSON); the call above sends a binary one. */
int realtime_publish_text(struct realtime *rt, struct err *err, const char *channel, const void *data, size_t len);

/* Waits, at most a second, for the answers that are due. 0, or -1 with the error set. */
int realtime_flush(struct realtime *rt, struct err *err);

#endif
