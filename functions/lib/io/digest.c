/*
 * digest.c - see digest.h.
 */
#include "digest.h"

#include "digits.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>

const char *
digest_sha256(struct arena *a, struct bytes data)
{
	unsigned char sum[SHA256_DIGEST_LENGTH];
	char *text = arena_alloc(a, DIGEST_LEN + 1);

	SHA256(data.len > 0 ? data.data : (const unsigned char *)"", data.len, sum);
	hex(text, sum, sizeof(sum));
	return text;
}

const char *
digest_base64(struct arena *a, struct bytes data)
{
	unsigned char *text = arena_alloc(a, (data.len + 2) / 3 * 4 + 1);

	if (data.len > INT32_MAX)
		abort();
	text[0] = '\0';
	if (data.len > 0)
		EVP_EncodeBlock(text, data.data, (int)data.len);
	return (const char *)text;
}
