/*
 * typed.h - what people type into a program, on its way there: a bounded stream of Redis.
 *
 * Kept first, then delivered: when the call answers, whoever reads the stream will find it there, in order. The
 * program's runner takes entries off as it takes them in, so what lies there is what the program is behind.
 * The last entry that says eof stays: behind it nothing is taken.
 */
#ifndef RUNTIME_TYPED_H
#define RUNTIME_TYPED_H

#include "fn.h"

/*
 * Adds data, and perhaps the end, to the stream `key`, in the name of fn->me. -1 with ERR_LIMIT where the program is
 * too far behind, ERR_CONFLICT behind the end.
 */
int typed_add(struct fn *fn, const char *key, const char *data, bool eof);

/* Wakes the runner that has it: `what` is "run" or "terminal". Failing is logged: it also looks by itself. */
void typed_ring(struct fn *fn, const char *what, const char *id);

#endif
