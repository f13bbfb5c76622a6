/*
 * box_spec.h - what a container is made of: the body of POST /containers/create.
 */
#ifndef RUNNER_BOX_SPEC_H
#define RUNNER_BOX_SPEC_H

#include "box.h"
#include "buf.h"

/* Appends the JSON. The nonce is what its init will say hello with. */
void box_spec(struct buf *out, const struct box *b, const struct box_wish *wish, const char *nonce);

#endif
