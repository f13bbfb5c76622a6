/*
 * digest.h - SHA-256 and base64, as text.
 */
#ifndef IO_DIGEST_H
#define IO_DIGEST_H

#include "arena.h"
#include "buf.h"

#define DIGEST_LEN 64

/* The SHA-256 of some bytes in lower-case hexadecimal digits; a NUL follows. */
const char *digest_sha256(struct arena *a, struct bytes data);

/* Bytes in base64 (RFC 4648, section 4, with padding). */
const char *digest_base64(struct arena *a, struct bytes data);

#endif
