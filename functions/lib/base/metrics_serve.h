/*
 * metrics_serve.h - answers whoever asks for metrics: one at a time, each within two seconds.
 */
#ifndef BASE_METRICS_SERVE_H
#define BASE_METRICS_SERVE_H

#include "buf.h"

/*
 * Starts a thread that answers GET /metrics with what `write` appends, in Prometheus' text format 0.0.4. `where` is
 * a unix socket's path (mode 0660, of its folder's group), or a port on loopback. To be called once; -1 with the
 * reason in the log.
 */
int metrics_serve(const char *where, void (*write)(struct buf *));

#endif
