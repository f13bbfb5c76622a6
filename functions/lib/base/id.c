/*
 * id.c - see id.h.
 */
#include "id.h"

#include "digits.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define BITS 128

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
	return strspn(s, BASE64URL) == ID_LEN && s[ID_LEN] == '\0';
}
