/*
 * jwks.c - GET /.well-known/jwks.json: the public keys that sign access tokens.
 */
#include "api.h"

#define KEYS_MAX 8

/* One key as the API shows it; its strings live with the request. */
static int
show(struct fn *fn, struct jwt_keys *keys, int i, struct jwk *out)
{
	char *text = arena_alloc(fn->arena, 3 * 64);

	if (jwt_jwk(keys, i, text, text + 64, text + 128) < 0)
		return -1;
	*out = (struct jwk){ .kty = "EC", .crv = "P-256", .x = text, .y = text + 64, .kid = text + 128,
		.alg = "ES256", .use = "sig" };
	return 0;
}

int
auth_jwks(struct fn *fn, struct jwk_set *out)
{
	static struct jwt_keys *keys;

	if (keys == NULL && (keys = jwt_keys_load(&fn->err, 0)) == NULL)
		return -1;
	out->keys = arena_array(fn->arena, KEYS_MAX, sizeof(*out->keys));
	while (out->keys_count < KEYS_MAX && show(fn, keys, (int)out->keys_count, &out->keys[out->keys_count]) == 0)
		out->keys_count++;
	return 0;
}
