/*
 * jwt_token.c - access tokens from anybody: nothing that was not signed with our key is taken.
 *
 * The key is made anew for each run. The first byte chooses how much of a token is ours:
 *	0	nothing: the rest is the token
 *	1	the header: the rest is claims and signature
 *	2	header and signature: the rest is the claims, which may then be taken, if they are whole
 */
#include "jwt.h"

#include "digits.h"
#include "id.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW INT64_C(1700000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static EVP_PKEY *key;
static struct jwt_keys *keys;
static char header[256];

static void
must(int ok)
{
	if (!ok)
		abort();
}

static void
begin(void)
{
	char dir[] = "/tmp/jwt_token.XXXXXX", path[64], json[256], x[64], y[64], kid[64];
	struct err e = { 0 };

	must(mkdtemp(dir) != NULL && setenv("VIVA_SECRETS", dir, 1) == 0);
	key = EVP_EC_gen("P-256");
	snprintf(path, sizeof(path), "%s/jwt.pub", dir);
	FILE *f = fopen(path, "w");
	must(key != NULL && f != NULL && PEM_write_PUBKEY(f, key) == 1 && fclose(f) == 0);
	keys = jwt_keys_load(&e, 0);
	unlink(path);
	rmdir(dir);
	must(keys != NULL && jwt_jwk(keys, 0, x, y, kid) == 0);
	int n = snprintf(json, sizeof(json), "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"%s\"}", kid);
	base64url(header, (const uint8_t *)json, (size_t)n);
}

/* RFC 7518: r and s, 32 bytes each, where OpenSSL gives DER. */
static void
sign(const char *text, char out[87])
{
	uint8_t der[128], raw[64];
	const uint8_t *p = der;
	size_t len = sizeof(der);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	must(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1);
	must(EVP_DigestSign(ctx, der, &len, (const unsigned char *)text, strlen(text)) == 1);
	EVP_MD_CTX_free(ctx);
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &p, (long)len);
	must(BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, 32) == 32 &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + 32, 32) == 32);
	ECDSA_SIG_free(sig);
	base64url(out, raw, sizeof(raw));
}

static const char *
signed_token(struct arena *a, const uint8_t *claims, size_t size)
{
	char *encoded = arena_alloc(a, size * 4 / 3 + 4), signature[87];

	base64url(encoded, claims, size);
	const char *text = arena_printf(a, "%s.%s", header, encoded);
	sign(text, signature);
	return arena_printf(a, "%s.%s", text, signature);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct claims c = { 0 };
	struct err e = { 0 };

	if (keys == NULL)
		begin();
	if (size == 0)
		return 0;
	struct arena *a = arena_new(4096);
	int how = data[0] % 3;
	const char *token = arena_strndup(a, (const char *)data + 1, size - 1);
	if (how == 1)
		token = arena_printf(a, "%s.%s", header, token);
	if (how == 2)
		token = signed_token(a, data + 1, size - 1);
	if (jwt_verify(keys, a, &e, token, NOW, &c) == 0) {
		must(how == 2);
		must(c.expires > NOW && id_valid(c.subject) && id_valid(c.session) &&
		    (c.room == NULL || id_valid(c.room)));
	} else
		must(e.kind == ERR_UNAUTHENTICATED && c.subject == NULL);
	arena_free(a);
	return 0;
}
