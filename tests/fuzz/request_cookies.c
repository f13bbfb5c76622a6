/*
 * request_cookies.c - the Cookie header: what fn_cookie() finds in it, and what a session makes of that.
 *
 * The first byte says whether the request came by TLS, where only names with `__Host-` count; the rest is the header.
 * What is found must stand in the header as `name=value` between semicolons, and the first wins.
 */
#include "../../functions/lib/runtime/reply.c"
#include "../../functions/lib/runtime/session.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What session.c would need to sign and to write; nothing here gets there. */
redisReply *
redis_cmd(struct redis *redis, const char *fmt, ...)
{
	(void)redis;
	(void)fmt;
	return NULL;
}

/* The same by the dull way: cut at semicolons, trim spaces, compare. */
static const char *
expected(struct arena *a, const char *header, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = header; at != NULL;) {
		while (*at == ' ' || *at == ';')
			at++;
		const char *end = strchr(at, ';');
		size_t n = end != NULL ? (size_t)(end - at) : strlen(at);
		if (n > len && strncmp(at, name, len) == 0 && at[len] == '=')
			return arena_strndup(a, at + len + 1, n - len - 1);
		at = end;
	}
	return NULL;
}

static void
check_session(struct arena *a, const char *token)
{
	struct session_key key, next;

	if (!session_key_of(a, token, &key))
		return;
	if (strlen(token) != TOKEN_LEN || !id_valid(key.id) || strlen(key.hash) != 64)
		abort();
	session_next(a, &key, "salt", &next);
	if (strcmp(next.id, key.id) != 0 || strcmp(next.token, key.token) == 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[2][2] = { { "viva", "viva_refresh" }, { "__Host-viva", "__Host-viva_refresh" } };
	struct arena *a = arena_new(4096);
	struct request *r = arena_array(a, 1, sizeof(*r));

	if (size > 0) {
		r->fn.arena = a;
		r->fn.tls = data[0] & 1;
		r->cookies = arena_strndup(a, (const char *)data + 1, size - 1);
	}
	for (size_t i = 0; size > 0 && i < 2; i++) {
		const char *found = fn_cookie(&r->fn, names[0][i]);
		const char *dull = expected(a, r->cookies, names[r->fn.tls][i]);
		if ((found == NULL) != (dull == NULL) || (found != NULL && strcmp(found, dull) != 0))
			abort();
		if (found != NULL)
			check_session(a, found);
	}
	arena_free(a);
	return 0;
}
