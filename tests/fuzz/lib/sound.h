/*
 * sound.h - what must hold inside a document whatever was done to it; each aborts where it does not.
 */
#ifndef FUZZ_SOUND_H
#define FUZZ_SOUND_H

#include "doc.h"

void must(bool good);

/* The same bytes; both buffers are empty afterwards. */
void must_equal(struct buf *a, struct buf *b);

/* Accepted by the widest limits; empty afterwards. */
void must_be_valid(struct buf *update);

/* Every item stands where its clock says, every list is linked both ways, nothing waits for what is there. */
void must_be_sound(const struct yjs_doc *d);

#endif
