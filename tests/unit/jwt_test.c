/*
 * jwt_test.c - tokens: ours are taken, everything else is refused, one forgery at a time.
 */
#include "jwt.h"

#include "digits.h"
#include "in_secrets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#define SUBJECT "AAAAAAAAAAAAAAAAAAAAAA"
#define SESSION "BBBBBBBBBBBBBBBBBBBBBB"
#define ROOM "CCCCCCCCCCCCCCCCCCCCCC"

static char public_pem[1024], kid[64];

static int
begin_keys(void **state)
{
	char x[64], y[64], path[64];

	if (begin_secrets(state) < 0 || jwt_jwk(keys, 0, x, y, kid) < 0)
		return -1;
	secret_path(path, "jwt.pub");
	FILE *f = fopen(path, "r");
	public_pem[fread(public_pem, 1, sizeof(public_pem) - 1, f)] = '\0';
	fclose(f);
	return 0;
}

static const char *
good(int seconds)
{
	struct claims c = { .subject = SUBJECT, .session = SESSION, .room = ROOM };
	struct err e = { 0 };
	const char *token = NULL;

	assert_int_equal(jwt_sign(keys, arena, &e, &c, seconds, &token), 0);
	return token;
}

static void
refused(const char *token)
{
	struct claims c = { .subject = "untouched" };
	struct err e = { 0 };

	assert_int_equal(jwt_verify(keys, arena, &e, token, time(NULL), &c), -1);
	assert_int_equal(e.kind, ERR_UNAUTHENTICATED);
	assert_string_equal(c.subject, "untouched");
}

/* header.payload with each part in base64url. */
static char *
unsigned_token(const char *header, const char *payload)
{
	char *head = arena_alloc(arena, base64url_len(strlen(header)) + 1);
	char *body = arena_alloc(arena, base64url_len(strlen(payload)) + 1);

	base64url(head, (const uint8_t *)header, strlen(header));
	base64url(body, (const uint8_t *)payload, strlen(payload));
	return arena_printf(arena, "%s.%s", head, body);
}

static char *
payload(int64_t exp)
{
	return arena_printf(arena, "{\"sub\":\"" SUBJECT "\",\"sid\":\"" SESSION "\",\"exp\":%lld}", (long long)exp);
}

static char *
header(const char *alg)
{
	return arena_printf(arena, "{\"alg\":\"%s\",\"kid\":\"%s\",\"typ\":\"JWT\"}", alg, kid);
}

/* A token signed with our own key over any header and payload. */
static char *
signed_token(const char *head, const char *body)
{
	char *text = unsigned_token(head, body), path[64], sig_text[100];
	uint8_t der[80], raw[64];
	size_t len = sizeof(der);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	secret_path(path, "jwt.key");
	FILE *f = fopen(path, "r");
	EVP_PKEY *key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	fclose(f);
	assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
	assert_int_equal(EVP_DigestSign(ctx, der, &len, (const uint8_t *)text, strlen(text)), 1);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	const uint8_t *p = der;
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &p, (long)len);
	BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, 32);
	BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + 32, 32);
	ECDSA_SIG_free(sig);
	base64url(sig_text, raw, sizeof(raw));
	return arena_printf(arena, "%s.%s", text, sig_text);
}

static void
ours_is_taken(void **state)
{
	struct err e = { 0 };
	struct claims c;

	(void)state;
	assert_int_equal(jwt_verify(keys, arena, &e, good(60), time(NULL), &c), 0);
	assert_string_equal(c.subject, SUBJECT);
	assert_string_equal(c.session, SESSION);
	assert_string_equal(c.room, ROOM);
	assert_true(c.expires > time(NULL) && c.expires <= time(NULL) + 60);
	assert_int_equal(
	    jwt_verify(keys, arena, &e, signed_token(header("ES256"), payload(time(NULL) + 60)), time(NULL), &c), 0);
	assert_null(c.room);
}

static void
expired_is_refused(void **state)
{
	struct err e = { 0 };
	struct claims c;
	const char *token = good(60);

	(void)state;
	assert_int_equal(jwt_verify(keys, arena, &e, token, time(NULL) + 61, &c), -1);
	assert_int_equal(e.kind, ERR_UNAUTHENTICATED);
	refused(signed_token(header("ES256"), payload(time(NULL))));
	refused(signed_token(header("ES256"), payload(-1)));
}

static void
alg_none_is_refused(void **state)
{
	char *text = unsigned_token(header("none"), payload(time(NULL) + 60));

	(void)state;
	refused(arena_printf(arena, "%s.", text));
	refused(text);
	refused(arena_printf(arena, "%s.%s", text, strrchr(good(60), '.') + 1));
	refused(signed_token(header("none"), payload(time(NULL) + 60)));
	refused(signed_token(header("None"), payload(time(NULL) + 60)));
}

/* The forgery that libjwt 1.10.2 would take: HMAC keyed with the public key's PEM. */
static void
hs256_with_the_public_key_is_refused(void **state)
{
	char *text = unsigned_token(header("HS256"), payload(time(NULL) + 60)), sig[100];
	uint8_t mac[32];

	(void)state;
	HMAC(EVP_sha256(), public_pem, (int)strlen(public_pem), (const uint8_t *)text, strlen(text), mac, NULL);
	base64url(sig, mac, sizeof(mac));
	refused(arena_printf(arena, "%s.%s", text, sig));
	assert_int_equal(strlen(sig), 43);
	refused(arena_printf(arena, "%s.%s%s", text, sig, sig));
}

/* Of numbers that no signature has: 0 (CVE-2022-21449 took it for any text), 1, and more than the curve's order. */
static void
a_signature_of_nothing_is_refused(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0x01, 0xff };
	char *text = unsigned_token(header("ES256"), payload(time(NULL) + 60)), sig[100];
	uint8_t raw[64];

	(void)state;
	for (size_t i = 0; i < 9; i++) {
		memset(raw, bytes[i / 3], 32);
		memset(raw + 32, bytes[i % 3], 32);
		base64url(sig, raw, sizeof(raw));
		refused(arena_printf(arena, "%s.%s", text, sig));
	}
}

static void
a_header_that_is_not_ours_is_refused(void **state)
{
	char *body = payload(time(NULL) + 60);

	(void)state;
	refused(signed_token("{\"alg\":\"ES256\",\"typ\":\"JWT\"}", body));
	refused(signed_token("{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"other\"}", body));
	refused(signed_token("{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":1}", body));
	refused(signed_token(arena_printf(arena, "{\"alg\":\"ES256\",\"kid\":\"%s\"}", kid), body));
	refused(signed_token(
	    arena_printf(arena, "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"%s\",\"jku\":\"http://x\"}", kid),
	    body));
	refused(signed_token(
	    arena_printf(arena, "{\"alg\":\"HS256\",\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"%s\"}", kid), body));
	refused(signed_token("[]", body));
	refused(signed_token("", body));
}

static void
claims_that_are_missing_or_strange_are_refused(void **state)
{
	static const char *const bad[] = { "{}", "[]", "1", "", "{\"sub\":\"" SUBJECT "\",\"sid\":\"" SESSION "\"}",
		"{\"sub\":\"" SUBJECT "\",\"sid\":\"" SESSION "\",\"exp\":\"9999999999\"}",
		"{\"sub\":\"" SUBJECT "\",\"sid\":\"" SESSION "\",\"exp\":9999999999.5}",
		"{\"sub\":\"x\",\"sid\":\"" SESSION "\",\"exp\":9999999999}",
		"{\"sub\":\"" SUBJECT "\",\"exp\":9999999999}",
		"{\"sub\":\"" SUBJECT "\",\"sid\":\"" SESSION "\",\"room\":null,\"exp\":9999999999}",
		"{\"sub\":\"" SUBJECT "\",\"sid\":\"" SESSION "\",\"room\":\"../x\",\"exp\":9999999999}" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refused(signed_token(header("ES256"), bad[i]));
}

static void
every_changed_character_is_noticed(void **state)
{
	const char *token = good(60);

	(void)state;
	for (size_t i = 0; i < strlen(token); i++) {
		char *changed = arena_strdup(arena, token);
		changed[i] = changed[i] == 'A' ? 'B' : 'A';
		if (strcmp(changed, token) != 0)
			refused(changed);
	}
}

static void
garbage_is_refused(void **state)
{
	const char *token = good(60);
	char *huge = arena_alloc(arena, 100001);

	(void)state;
	memset(huge, 'A', 100000);
	huge[100000] = '\0';
	refused(huge);
	static const char *const bad[] = { "", ".", "..", "...", "a.b.c", "Bearer", "\xff.\xff.\xff" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refused(bad[i]);
	for (size_t len = 0; len < strlen(token); len++)
		refused(arena_strndup(arena, token, len));
	refused(arena_printf(arena, "%s=", token));
	refused(arena_printf(arena, "%s.", token));
	refused(arena_printf(arena, " %s", token));
	refused(arena_printf(arena, "%s\n", token));
}

static void
another_deployments_token_is_refused(void **state)
{
	struct err e = { 0 };
	const char *token = good(60);
	struct claims c;

	(void)state;
	write_keys("jwt.key", "jwt.pub");
	struct jwt_keys *other = jwt_keys_load(&e, 0);
	assert_non_null(other);
	assert_int_equal(jwt_verify(other, arena, &e, token, time(NULL), &c), -1);
	jwt_keys_free(other);
}

static void
an_old_key_still_counts(void **state)
{
	struct err e = { 0 };
	struct claims c = { .subject = SUBJECT, .session = SESSION };
	char from[64], to[64];
	const char *token;

	(void)state;
	struct jwt_keys *before = jwt_keys_load(&e, 1);
	assert_int_equal(jwt_sign(before, arena, &e, &c, 60, &token), 0);
	secret_path(from, "jwt.pub");
	secret_path(to, "jwt-old.pub");
	assert_int_equal(rename(from, to), 0);
	write_keys("jwt.key", "jwt.pub");
	struct jwt_keys *after = jwt_keys_load(&e, 0);
	assert_int_equal(jwt_verify(after, arena, &e, token, time(NULL), &c), 0);
	jwt_keys_free(before);
	jwt_keys_free(after);
}

static void
only_the_private_key_signs(void **state)
{
	struct err e = { 0 };
	struct claims c = { .subject = SUBJECT, .session = SESSION };
	const char *token;
	struct jwt_keys *public = jwt_keys_load(&e, 0);

	(void)state;
	assert_int_equal(jwt_sign(public, arena, &e, &c, 60, &token), -1);
	assert_int_equal(e.kind, ERR_INTERNAL);
	jwt_keys_free(public);
	setenv("VIVA_SECRETS", "/nowhere", 1);
	err_clear(&e);
	assert_null(jwt_keys_load(&e, 0));
	assert_int_equal(e.kind, ERR_INTERNAL);
	setenv("VIVA_SECRETS", secrets, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ours_is_taken),
		cmocka_unit_test(expired_is_refused),
		cmocka_unit_test(alg_none_is_refused),
		cmocka_unit_test(hs256_with_the_public_key_is_refused),
		cmocka_unit_test(a_signature_of_nothing_is_refused),
		cmocka_unit_test(a_header_that_is_not_ours_is_refused),
		cmocka_unit_test(claims_that_are_missing_or_strange_are_refused),
		cmocka_unit_test(every_changed_character_is_noticed),
		cmocka_unit_test(garbage_is_refused),
		cmocka_unit_test(another_deployments_token_is_refused),
		cmocka_unit_test(an_old_key_still_counts),
		cmocka_unit_test(only_the_private_key_signs),
	};

	return cmocka_run_group_tests_name("jwt", tests, begin_keys, end_secrets);
}
