/*
 * digits.h - bytes as text and back: base64url without padding (RFC 4648, section 5), hexadecimal.
 */
#ifndef BASE_DIGITS_H
#define BASE_DIGITS_H

#include <stddef.h>
#include <stdint.h>

#define BASE64URL "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

/* out holds base64url_len(len) + 1 bytes; how many characters there are. */
size_t base64url(char *out, const uint8_t *data, size_t len);
static inline size_t
base64url_len(size_t len)
{
	return (len * 4 + 2) / 3;
}

/*
 * out holds len * 3 / 4 bytes; how many there are, or -1 where the text is none, or not the one that base64url() makes
 * of these bytes.
 */
long base64url_decode(const char *text, size_t len, uint8_t *out);

/* Lower-case digits; out holds 2 * len + 1 bytes. */
void hex(char *out, const uint8_t *data, size_t len);

/* The value of a hexadecimal digit in either case, or -1. */
int hex_digit(char c);

#endif
