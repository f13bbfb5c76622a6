/*
 * digits.c - see digits.h.
 */
#include "digits.h"

size_t
base64url(char *out, const uint8_t *data, size_t len)
{
	uint32_t bits = 0;
	size_t n = 0;
	int have = 0;

	for (size_t i = 0; i < len; i++) {
		bits = bits << 8 | data[i];
		for (have += 8; have >= 6; have -= 6)
			out[n++] = BASE64URL[bits >> (have - 6) & 63];
	}
	if (have > 0)
		out[n++] = BASE64URL[bits << (6 - have) & 63];
	out[n] = '\0';
	return n;
}

/* The value of a base64url character, or -1. */
static int
digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

long
base64url_decode(const char *text, size_t len, uint8_t *out)
{
	uint32_t bits = 0;
	int have = 0;
	long n = 0;

	for (size_t i = 0; i < len; i++) {
		int d = digit(text[i]);
		if (d < 0)
			return -1;
		bits = (bits << 6 | (uint32_t)d) & 0xffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[n++] = (uint8_t)(bits >> have);
		}
	}
	return len % 4 == 1 || (bits & ((1u << have) - 1)) != 0 ? -1 : n;
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

int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
