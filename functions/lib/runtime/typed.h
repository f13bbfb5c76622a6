/*
 * typed.h - what people type into a program, on its way there: a bounded stream of Redis.
 *
 * Kept first, then delivered: when the call answers, whoever reads the stream will find it there, in order. The
 * program's runner takes entries off as it takes them in, so what lies there is what the program is behind.
 * An end stays there: behind it nothing is taken.
 */
#ifndef RUNTIME_TYPED_H
#define RUNTIME_TYPED_H

#include "fn.h"

enum typed { TYPED_TEXT, TYPED_END /* text, and then the end */, TYPED_SIZE /* of the terminal: "24x80" */ };

/*
 * Adds to the stream `key`, in the name of fn->me. -1 with ERR_LIMIT where the program is too far behind, ERR_CONFLICT
 * behind the end.
 */
int typed_add(struct fn *fn, const char *key, enum typed kind, const char *data);

/* Wakes the runner that has it: `what` is "run" or "terminal". Failing is logged: it also looks by itself. */
void typed_ring(struct fn *fn, const char *what, const char *id);

#endif
