/*
 * id.h - names that nobody can guess.
 *
 * 128 random bits as 22 characters of base64url (RFC 4648, no padding): ids of rooms, runs,
 * participants, connections, and the secret part of invites. ID_PATTERN of api.yaml.
 */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ID_LEN 22

void id_new(char out[ID_LEN + 1]);
bool id_valid(const char *s);

/* base64url without padding; out holds base64url_len(len) + 1 bytes. */
size_t base64url(char *out, const uint8_t *data, size_t len);
static inline size_t
base64url_len(size_t len)
{
	return (len * 4 + 2) / 3;
}

/* As many random bits in lower-case hexadecimal: ids that others give as well (of requests, of traces). */
#define HEX_ID_LEN 32
void hex_id_new(char out[HEX_ID_LEN + 1]);

/* Lower-case hexadecimal; out holds 2 * len + 1 bytes. */
void hex(char *out, const uint8_t *data, size_t len);

#endif
