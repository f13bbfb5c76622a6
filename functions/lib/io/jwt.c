/*
 * jwt.c - see jwt.h.
 *
 * A token is refused as early as it can be: by its length and alphabet, by its header, which must be
 * exactly what we write ourselves, and only then is the signature looked at. Base64url must be canonical, so one
 * token has one spelling. libjwt signs; it would read the key's PEM for each token that it verifies, which takes
 * five times as long as the curve does, so verifying is OpenSSL's, with a key that was read once.
 */
#include "jwt.h"

#include "config.h"
#include "digits.h"
#include "id.h"

#include <jansson.h>
#include <jwt.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TOKEN_MAX 2048
#define COORDINATE 32
#define SIGNATURE (2 * COORDINATE)
#define SIGNATURE_LEN 86	/* in base64url */
#define DER_MAX 72		/* of a signature */
#define KEYS_MAX 2

struct public_key {
	EVP_PKEY *key;
	char x[64], y[64], kid[64];
};

struct jwt_keys {
	char *private_pem;	/* NULL: for verifying only */
	struct public_key keys[KEYS_MAX];
	int count;
};

/* A coordinate of the point, as RFC 7518 writes it: base64url of 32 bytes. */
static bool
coordinate(EVP_PKEY *key, const char *name, char out[64])
{
	BIGNUM *n = NULL;
	uint8_t bytes[COORDINATE];

	bool ok = EVP_PKEY_get_bn_param(key, name, &n) == 1 && BN_bn2binpad(n, bytes, COORDINATE) == COORDINATE;
	BN_free(n);
	if (ok)
		base64url(out, bytes, COORDINATE);
	return ok;
}

/* RFC 7638: the digest of the required members in alphabetical order. */
static void
thumbprint(struct public_key *k)
{
	char json[256];
	uint8_t sha[SHA256_DIGEST_LENGTH];

	int n = snprintf(
	    json, sizeof(json), "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}", k->x, k->y);
	SHA256((const unsigned char *)json, (size_t)n, sha);
	base64url(k->kid, sha, sizeof(sha));
}

static bool
is_p256(EVP_PKEY *key)
{
	char group[32];
	size_t len;

	return key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_EC
	    && EVP_PKEY_get_group_name(key, group, sizeof(group), &len) == 1 && strcmp(group, "prime256v1") == 0;
}

static int
add_public(struct jwt_keys *keys, struct err *e, const char *name, const char *pem)
{
	struct public_key *k = &keys->keys[keys->count];
	BIO *bio = BIO_new_mem_buf(pem, -1);

	k->key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	BIO_free(bio);
	if (!is_p256(k->key) || !coordinate(k->key, OSSL_PKEY_PARAM_EC_PUB_X, k->x)
	    || !coordinate(k->key, OSSL_PKEY_PARAM_EC_PUB_Y, k->y)) {
		EVP_PKEY_free(k->key);
		return err_set(e, ERR_INTERNAL, "secret %s is no P-256 public key in PEM", name);
	}
	thumbprint(k);
	keys->count++;
	return 0;
}

static int
load(struct jwt_keys *keys, struct arena *a, struct err *e, int sign)
{
	struct err absent = { 0 };
	const char *pem;

	if (config_secret(a, e, "jwt.pub", &pem) < 0 || add_public(keys, e, "jwt.pub", pem) < 0)
		return -1;
	if (config_secret(a, &absent, "jwt-old.pub", &pem) == 0 && add_public(keys, e, "jwt-old.pub", pem) < 0)
		return -1;
	if (!sign)
		return 0;
	if (config_secret(a, e, "jwt.key", &pem) < 0)
		return -1;
	if ((keys->private_pem = strdup(pem)) == NULL)
		abort();
	return 0;
}

/*
 * A token that nobody has signed is refused: with that OpenSSL and jansson have made what they make once, and who is
 * forked from us has it.
 */
static void
refuse_one(struct jwt_keys *keys, struct arena *a)
{
	static const uint8_t ones[SIGNATURE] = { [COORDINATE - 1] = 1, [SIGNATURE - 1] = 1 };
	char head[128], encoded[256], signature[SIGNATURE_LEN + 1];
	struct err refused = { 0 };
	struct claims c;

	int n = snprintf(head, sizeof(head), "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"%s\"}", keys->keys[0].kid);
	base64url(encoded, (const uint8_t *)head, (size_t)n);
	base64url(signature, ones, sizeof(ones));
	jwt_verify(keys, a, &refused, arena_printf(a, "%s.e30.%s", encoded, signature), 0, &c);
}

struct jwt_keys *
jwt_keys_load(struct err *err, int sign)
{
	struct jwt_keys *keys = calloc(1, sizeof(*keys));
	struct arena *a = arena_new(4096);

	if (keys == NULL)
		abort();
	int result = load(keys, a, err, sign);
	if (result == 0)
		refuse_one(keys, a);
	arena_free(a);
	if (result == 0)
		return keys;
	jwt_keys_free(keys);
	return NULL;
}

void
jwt_keys_free(struct jwt_keys *keys)
{
	if (keys == NULL)
		return;
	for (int i = 0; i < keys->count; i++)
		EVP_PKEY_free(keys->keys[i].key);
	if (keys->private_pem != NULL)
		explicit_bzero(keys->private_pem, strlen(keys->private_pem));
	free(keys->private_pem);
	free(keys);
}

static void
free_jwt_string(void *text)
{
	free(text);
}

int
jwt_sign(struct jwt_keys *keys, struct arena *a, struct err *err, const struct claims *c, int seconds,
    const char **token)
{
	const char *pem = keys->private_pem;
	long now = (long)time(NULL);
	jwt_t *jwt = NULL;
	char *text = NULL;

	bool ok = pem != NULL && jwt_new(&jwt) == 0
	    && jwt_set_alg(jwt, JWT_ALG_ES256, (const unsigned char *)pem, (int)strlen(pem)) == 0
	    && jwt_add_header(jwt, "typ", "JWT") == 0 && jwt_add_header(jwt, "kid", keys->keys[0].kid) == 0
	    && jwt_add_grant(jwt, "sub", c->subject) == 0 && jwt_add_grant(jwt, "sid", c->session) == 0
	    && (c->room == NULL || jwt_add_grant(jwt, "room", c->room) == 0)
	    && jwt_add_grant_int(jwt, "iat", now) == 0 && jwt_add_grant_int(jwt, "exp", now + seconds) == 0
	    && (text = jwt_encode_str(jwt)) != NULL;
	jwt_free(jwt);
	if (!ok)
		return err_set(err, ERR_INTERNAL, "a token cannot be signed with jwt.key");
	arena_defer(a, free_jwt_string, text);
	*token = text;
	return 0;
}

/* A part of the token as a JSON object, or NULL. */
static json_t *
part_json(struct arena *a, const char *text, size_t len)
{
	uint8_t *bytes = arena_alloc(a, len + 1);
	long n = base64url_decode(text, len, bytes);
	json_t *json = n < 0 ? NULL : json_loadb((const char *)bytes, (size_t)n, JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(json))
		return json;
	json_decref(json);
	return NULL;
}

static bool
is_text(json_t *object, const char *name, const char *value)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL && strcmp(text, value) == 0;
}

/* The key that the header names: exactly alg, typ and kid as we write them, nothing else. */
static const struct public_key *
key_of(struct jwt_keys *keys, struct arena *a, const char *head, size_t len)
{
	const struct public_key *found = NULL;
	json_t *json = part_json(a, head, len);

	if (json_object_size(json) == 3 && is_text(json, "alg", "ES256") && is_text(json, "typ", "JWT"))
		for (int i = 0; i < keys->count; i++)
			if (is_text(json, "kid", keys->keys[i].kid))
				found = &keys->keys[i];
	json_decref(json);
	return found;
}

/* The two numbers that a signature is, as OpenSSL takes them. The length. */
static size_t
to_der(const uint8_t raw[SIGNATURE], uint8_t der[DER_MAX])
{
	ECDSA_SIG *pair = ECDSA_SIG_new();

	if (pair == NULL || ECDSA_SIG_set0(pair, BN_bin2bn(raw, COORDINATE, NULL),
				BN_bin2bn(raw + COORDINATE, COORDINATE, NULL)) != 1)
		abort();
	int len = i2d_ECDSA_SIG(pair, &der);
	ECDSA_SIG_free(pair);
	return len > 0 ? (size_t)len : 0;
}

static bool
signature_ok(const char *text, size_t len, const uint8_t raw[SIGNATURE], EVP_PKEY *key)
{
	uint8_t der[DER_MAX];
	size_t n = to_der(raw, der);
	EVP_MD_CTX *c = EVP_MD_CTX_new();

	bool ok = c != NULL && EVP_DigestVerifyInit(c, NULL, EVP_sha256(), NULL, key) == 1
	    && EVP_DigestVerify(c, der, n, (const unsigned char *)text, len) == 1;
	EVP_MD_CTX_free(c);
	return ok;
}

static const char *
id_claim(struct arena *a, json_t *json, const char *name)
{
	const char *text = json_string_value(json_object_get(json, name));

	return text != NULL && id_valid(text) ? arena_strdup(a, text) : NULL;
}

static bool
read_claims(struct arena *a, const char *payload, size_t len, int64_t now, struct claims *c)
{
	json_t *json = part_json(a, payload, len), *exp = json_object_get(json, "exp");
	struct claims got = {
		.subject = id_claim(a, json, "sub"),
		.session = id_claim(a, json, "sid"),
		.room = id_claim(a, json, "room"),
		.expires = json_integer_value(exp),
	};
	bool ok = json_is_integer(exp) && got.expires > now && got.subject != NULL && got.session != NULL
	    && (got.room != NULL || json_object_get(json, "room") == NULL);

	json_decref(json);
	if (ok)
		*c = got;
	return ok;
}

int
jwt_verify(struct jwt_keys *keys, struct arena *a, struct err *err, const char *token, int64_t now, struct claims *c)
{
	size_t len = strnlen(token, TOKEN_MAX + 1);
	const char *payload = len <= TOKEN_MAX ? strchr(token, '.') : NULL;
	const char *signature = payload != NULL ? strchr(payload + 1, '.') : NULL;
	uint8_t raw[SIGNATURE];

	if (signature == NULL || strlen(signature + 1) != SIGNATURE_LEN
	    || base64url_decode(signature + 1, SIGNATURE_LEN, raw) < 0)
		return err_set(err, ERR_UNAUTHENTICATED, "this is no access token");
	const struct public_key *key = key_of(keys, a, token, (size_t)(payload - token));
	if (key == NULL || !signature_ok(token, (size_t)(signature - token), raw, key->key))
		return err_set(err, ERR_UNAUTHENTICATED, "this access token was not signed here");
	if (!read_claims(a, payload + 1, (size_t)(signature - payload - 1), now, c))
		return err_set(err, ERR_UNAUTHENTICATED, "the access token has expired; refresh it");
	return 0;
}

int
jwt_jwk(struct jwt_keys *keys, int i, char x[64], char y[64], char kid[64])
{
	if (i < 0 || i >= keys->count)
		return -1;
	memcpy(x, keys->keys[i].x, 64);
	memcpy(y, keys->keys[i].y, 64);
	memcpy(kid, keys->keys[i].kid, 64);
	return 0;
}
