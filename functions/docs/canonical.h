/*
 * canonical.h - one hash for all JSON texts that say the same: the order of an object's members does not count.
 */
#ifndef DOCS_CANONICAL_H
#define DOCS_CANONICAL_H

#include "arena.h"
#include "buf.h"

/*
 * The hash of an object or array, in hexadecimal digits. It is the SHA-256
 *
 *	of an array:	"[", then each element and ","
 *	of an object:	"{", then each member as its key, ":", its value and ",", by ascending bytes
 *
 * where a value stands as its JSON text if it is a string, number, true, false or null, else as its hash. Of members
 * with the same key the last one counts, and none that is called __proto__, as in JavaScript.
 *
 * `json` is valid; white space does not count. Time and memory are linear in it but for sorting.
 */
const char *canonical_hash(struct arena *a, struct bytes json);

#endif
