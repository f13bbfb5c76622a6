/*
 * in_secrets.h - a folder of secrets with a pair of keys, and an arena, for a group of tests:
 * cmocka_run_group_tests(tests, begin_secrets, end_secrets).
 */
#ifndef TEST_IN_SECRETS_H
#define TEST_IN_SECRETS_H

#include "in_arena.h"
#include "jwt.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

static char secrets[] = "/tmp/viva-secrets-XXXXXX";
static struct jwt_keys *keys;

static void
secret_path(char path[64], const char *name)
{
	snprintf(path, 64, "%s/%s", secrets, name);
}

static void
write_keys(const char *private_name, const char *public_name)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	char path[64];

	secret_path(path, private_name);
	FILE *f = fopen(path, "w");
	PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL);
	fclose(f);
	secret_path(path, public_name);
	f = fopen(path, "w");
	PEM_write_PUBKEY(f, key);
	fclose(f);
	EVP_PKEY_free(key);
}

static int
begin_secrets(void **state)
{
	struct err e = { 0 };

	begin_arena(state);
	if (mkdtemp(secrets) == NULL)
		return -1;
	write_keys("jwt.key", "jwt.pub");
	setenv("VIVA_SECRETS", secrets, 1);
	keys = jwt_keys_load(&e, 1);
	return keys != NULL ? 0 : -1;
}

static int
end_secrets(void **state)
{
	static const char *const names[] = { "jwt.key", "jwt.pub", "jwt-old.key", "jwt-old.pub" };
	char path[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		secret_path(path, names[i]);
		unlink(path);
	}
	rmdir(secrets);
	jwt_keys_free(keys);
	return end_arena(state);
}

#endif
