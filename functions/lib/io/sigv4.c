/*
 * sigv4.c - see sigv4.h.
 *
 * The request is written in its canonical form, that is hashed, and the hash is signed by a key that is made from the
 * secret for this day, region and service.
 */
#include "sigv4.h"

#include "digest.h"
#include "digits.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *
sigv4_escape(struct arena *a, const char *text, int slash)
{
	static const char digits[] = "0123456789ABCDEF", plain[] = "-._~";
	char *out = arena_alloc(a, 3 * strlen(text) + 1), *p = out;

	for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
		bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9');
		if (letter || strchr(plain, *c) != NULL || (*c == '/' && !slash)) {
			*p++ = (char)*c;
			continue;
		}
		*p++ = '%';
		*p++ = digits[*c >> 4];
		*p++ = digits[*c & 15];
	}
	*p = '\0';
	return out;
}

const char *
sigv4_time(struct arena *a, int64_t time)
{
	char *out = arena_alloc(a, 17);
	time_t t = (time_t)time;
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(out, 17, "%Y%m%dT%H%M%SZ", &tm);
	return out;
}

static int
by_name(const void *a, const void *b)
{
	const struct sigv4_pair *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : strcmp(x->value, y->value);
}

static struct sigv4_pair *
sorted(struct arena *a, const struct sigv4_pair *pairs, size_t n, bool escape)
{
	struct sigv4_pair *copy = arena_array(a, n + 1, sizeof(*copy));

	for (size_t i = 0; i < n; i++) {
		copy[i].name = escape ? sigv4_escape(a, pairs[i].name, 1) : pairs[i].name;
		copy[i].value = escape ? sigv4_escape(a, pairs[i].value, 1) : pairs[i].value;
	}
	qsort(copy, n, sizeof(*copy), by_name);
	return copy;
}

/* "host;x-amz-date" */
static const char *
signed_headers(struct arena *a, const struct sigv4_pair *headers, size_t n)
{
	const char *names = "";

	for (size_t i = 0; i < n; i++)
		names = arena_printf(a, "%s%s%s", names, i > 0 ? ";" : "", headers[i].name);
	return names;
}

/* The hash of the canonical request, in hexadecimal. */
static const char *
canonical(struct arena *a, const struct sigv4_request *r, const struct sigv4_pair *headers, const char *names)
{
	const struct sigv4_pair *query = sorted(a, r->query, r->query_count, true);
	struct buf b = { 0 };

	buf_printf(&b, "%s\n%s\n", r->method, sigv4_escape(a, r->path, 0));
	for (size_t i = 0; i < r->query_count; i++)
		buf_printf(&b, "%s%s=%s", i > 0 ? "&" : "", query[i].name, query[i].value);
	buf_byte(&b, '\n');
	for (size_t i = 0; i < r->headers_count; i++)
		buf_printf(&b, "%s:%s\n", headers[i].name, headers[i].value);
	buf_printf(&b, "\n%s\n%s", names, r->payload);
	const char *hash = digest_sha256(a, buf_bytes(&b));
	buf_free(&b);
	return hash;
}

static void
mac(uint8_t out[SHA256_DIGEST_LENGTH], const void *key, size_t len, const char *text)
{
	HMAC(EVP_sha256(), key, (int)len, (const uint8_t *)text, strlen(text), out, NULL);
}

static void
signing_key(struct arena *a, uint8_t k[SHA256_DIGEST_LENGTH], const struct sigv4_key *key, const char *day)
{
	char *first = arena_printf(a, "AWS4%s", key->secret);
	uint8_t next[SHA256_DIGEST_LENGTH];

	mac(k, first, strlen(first), day);
	OPENSSL_cleanse(first, strlen(first));
	mac(next, k, sizeof(next), key->region);
	mac(k, next, sizeof(next), key->service);
	mac(next, k, sizeof(next), "aws4_request");
	memcpy(k, next, sizeof(next));
}

const char *
sigv4_authorization(struct arena *a, const struct sigv4_key *key, const struct sigv4_request *r)
{
	const struct sigv4_pair *headers = sorted(a, r->headers, r->headers_count, false);
	const char *names = signed_headers(a, headers, r->headers_count), *time = sigv4_time(a, r->time);
	const char *day = arena_strndup(a, time, 8);
	const char *scope = arena_printf(a, "%s/%s/%s/aws4_request", day, key->region, key->service);
	uint8_t k[SHA256_DIGEST_LENGTH], signature[SHA256_DIGEST_LENGTH];
	char text[2 * sizeof(signature) + 1];

	signing_key(a, k, key, day);
	mac(signature, k, sizeof(k),
	    arena_printf(a, "AWS4-HMAC-SHA256\n%s\n%s\n%s", time, scope, canonical(a, r, headers, names)));
	OPENSSL_cleanse(k, sizeof(k));
	hex(text, signature, sizeof(signature));
	return arena_printf(a, "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s", key->id, scope,
	    names, text);
}
