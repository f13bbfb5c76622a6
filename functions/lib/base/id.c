/*
 * id.c - see id.h.
 */
#include "id.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define BITS 128

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

size_t
base64url(char *out, const uint8_t *data, size_t len)
{
	uint32_t bits = 0;
	size_t n = 0;
	int have = 0;

	for (size_t i = 0; i < len; i++) {
		bits = bits << 8 | data[i];
		for (have += 8; have >= 6; have -= 6)
			out[n++] = alphabet[bits >> (have - 6) & 63];
	}
	if (have > 0)
		out[n++] = alphabet[bits << (6 - have) & 63];
	out[n] = '\0';
	return n;
}

void
hex(char *out, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		out[2 * i] = "0123456789abcdef"[data[i] >> 4];
		out[2 * i + 1] = "0123456789abcdef"[data[i] & 15];
	}
	out[2 * len] = '\0';
}

/* Up to 256 bytes come whole or not at all: getrandom(2). */
static void
draw(uint8_t bits[BITS / 8])
{
	if (getrandom(bits, BITS / 8, 0) != BITS / 8)
		abort();
}

void
id_new(char out[ID_LEN + 1])
{
	uint8_t bits[BITS / 8];

	draw(bits);
	base64url(out, bits, sizeof(bits));
}

void
hex_id_new(char out[HEX_ID_LEN + 1])
{
	uint8_t bits[BITS / 8];

	draw(bits);
	hex(out, bits, sizeof(bits));
}

bool
id_valid(const char *s)
{
	return strspn(s, alphabet) == ID_LEN && s[ID_LEN] == '\0';
}
