/*
 * objects_s3.c - objects in a bucket of a store that speaks S3, named by path: <endpoint>/<bucket>/<prefix>/<key>.
 *
 * $VIVA_SECRETS/s3 has one setting a line, a name and a value:
 *
 *	endpoint  https://s3.example.org	without a path
 *	region    us-east-1			this one when it is not said
 *	key       AKIAEXAMPLE
 *	secret    ...
 *
 * A request is given ten seconds, and tried three times where another try may go well. The body's hash is signed with
 * it, so what is stored is what was sent; the bucket itself must exist.
 */
#include "clock.h"
#include "config.h"
#include "digest.h"
#include "http.h"
#include "objects_store.h"
#include "sigv4.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TIMEOUT_MS 10000
#define TRIES 3
#define AGAIN_MS 200		/* and twice as long each time */
#define ANSWER_MAX 65536	/* of one that brings no object */

struct s3 {
	struct arena *arena;		/* settings: as long as the store */
	struct arena *scratch;		/* a request */
	struct http *http;
	const char *endpoint, *host, *base;	/* base: "/bucket/prefix/" */
	struct sigv4_key key;
};

/* The value behind a name at the beginning of a line, or NULL. */
static const char *
setting(struct arena *a, const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = text; line != NULL && *line != '\0'; line = strchr(line, '\n'), line += line != NULL) {
		if (strncmp(line, name, len) != 0 || (line[len] != ' ' && line[len] != '\t'))
			continue;
		const char *value = line + len + strspn(line + len, " \t");
		return arena_strndup(a, value, strcspn(value, " \t\r\n"));
	}
	return NULL;
}

static bool
configure(struct s3 *s, struct err *err, const char *where)
{
	const char *text, *bucket = where + strlen("s3://");

	if (config_secret(s->arena, err, "s3", &text) < 0)
		return false;
	s->endpoint = setting(s->arena, text, "endpoint");
	s->key = (struct sigv4_key){ setting(s->arena, text, "key"), setting(s->arena, text, "secret"),
		setting(s->arena, text, "region"), "s3" };
	if (s->key.region == NULL)
		s->key.region = "us-east-1";
	size_t len = strlen(bucket);
	s->base = arena_printf(s->arena, "/%s%s", bucket, len > 0 && bucket[len - 1] == '/' ? "" : "/");
	const char *host = s->endpoint != NULL ? strstr(s->endpoint, "://") : NULL;
	s->host = host != NULL ? host + 3 : NULL;
	if (len == 0 || bucket[0] == '/' || s->host == NULL || s->host[strcspn(s->host, "/?#@")] != '\0' ||
	    s->key.id == NULL || s->key.secret == NULL) {
		err_set(err, ERR_INTERNAL,
		    "objects: secret s3 wants the lines endpoint, key and secret, VIVA_OBJECTS a bucket");
		return false;
	}
	return true;
}

static void
s3_close(void *store)
{
	struct s3 *s = store;

	http_free(s->http);
	arena_free(s->scratch);
	arena_free(s->arena);
	free(s);
}

void *
objects_s3_open(struct err *err, const char *where)
{
	struct s3 *s = calloc(1, sizeof(*s));

	if (s == NULL)
		abort();
	s->arena = arena_new(1024);
	s->scratch = arena_new(4096);
	s->http = http_new(NULL);
	if (configure(s, err, where))
		return s;
	s3_close(s);
	return NULL;
}

/* What is asked: `range` is "bytes=0-9" or NULL. */
struct ask {
	const char *method, *key, *range;
	struct bytes body;
	size_t max;
};

static void
sign(struct s3 *s, struct arena *a, const struct ask *ask, const char *path)
{
	const char *payload = digest_sha256(a, ask->body);
	int64_t now = clock_wall_ms() / 1000;
	struct sigv4_pair headers[] = { { "host", s->host }, { "x-amz-content-sha256", payload },
		{ "x-amz-date", sigv4_time(a, now) }, { "range", ask->range } };
	struct sigv4_request r = { .method = ask->method, .path = path, .headers = headers,
		.headers_count = ask->range != NULL ? 4 : 3, .payload = payload, .time = now };

	for (size_t i = 1; i < r.headers_count; i++)
		http_header(s->http, arena_printf(a, "%s: %s", headers[i].name, headers[i].value));
	http_header(s->http, arena_printf(a, "Authorization: %s", sigv4_authorization(a, &s->key, &r)));
}

static int
once(struct s3 *s, struct arena *a, struct err *err, const struct ask *ask, struct http_reply *reply)
{
	const char *path = arena_printf(a, "%s%s", s->base, ask->key);

	sign(s, a, ask, path);
	const char *url = arena_printf(a, "%s%s", s->endpoint, sigv4_escape(a, path, 0));
	return http_request(s->http, a, err, ask->method, url, NULL, ask->body, TIMEOUT_MS, ask->max, reply);
}

/* The store's own word for what is wrong, of its XML: the text is for a person. */
static const char *
code_of(struct arena *a, const struct http_reply *reply)
{
	const char *code = strstr((const char *)reply->body.data, "<Code>");

	return code == NULL ? "" : arena_strndup(a, code + 6, strcspn(code + 6, "<"));
}

/* Tries until there is an answer that another try would not change. 0 with any status below 300, 404 or 416. */
static int
insist(struct s3 *s, struct arena *a, struct err *err, const struct ask *ask, struct http_reply *reply)
{
	for (int i = 1;; i++) {
		struct err now = { 0 };
		int r = once(s, a, &now, ask, reply);
		if (r == 0 && (reply->status < 300 || reply->status == 404 || reply->status == 416))
			return 0;
		bool again = r < 0 ? now.kind == ERR_BUSY : reply->status >= 500 || reply->status == 429;
		if (r == 0)
			err_set(&now, again ? ERR_BUSY : ERR_INTERNAL, "objects: %s %s: the store says %d %s",
			    ask->method, ask->key, reply->status, code_of(a, reply));
		if (!again || i == TRIES) {
			*err = now;
			return -1;
		}
		usleep((useconds_t)(AGAIN_MS << i) * 1000 / 2 + (useconds_t)(clock_mono_us() % 100000));
	}
}

static int
brief(struct s3 *s, struct err *err, const char *method, const char *key, struct bytes body, struct http_reply *reply)
{
	struct ask ask = { .method = method, .key = key, .body = body, .max = ANSWER_MAX };

	arena_reset(s->scratch);
	return insist(s, s->scratch, err, &ask, reply);
}

static int
not_found(struct err *err, const char *key)
{
	return err_set(err, ERR_NOT_FOUND, "objects: %s is not there", key);
}

static int
s3_put(void *store, struct err *err, const char *key, struct bytes data)
{
	struct http_reply reply;

	if (brief(store, err, "PUT", key, data, &reply) < 0)
		return -1;
	return reply.status < 300 ? 0 : err_set(err, ERR_INTERNAL, "objects: there is no such bucket");
}

static int
s3_get(void *store, struct arena *a, struct err *err, const char *key, int64_t from, size_t len, struct bytes *out)
{
	struct http_reply reply;
	const char *range = arena_printf(a, "bytes=%lld-%lld", (long long)from, (long long)from + (long long)len - 1);
	struct ask ask = { .method = "GET", .key = key, .range = range, .max = len > ANSWER_MAX ? len : ANSWER_MAX };

	if (insist(store, a, err, &ask, &reply) < 0)
		return -1;
	if (reply.status == 404)
		return not_found(err, key);
	if (reply.status == 200 && from > 0)
		return err_set(err, ERR_INTERNAL, "objects: the store knows no ranges");
	*out = reply.status == 416 ? (struct bytes){ (const uint8_t *)"", 0 } : reply.body;
	return 0;
}

static int
s3_delete(void *store, struct err *err, const char *key)
{
	struct http_reply reply;

	return brief(store, err, "DELETE", key, (struct bytes){ 0 }, &reply);
}

static int
s3_exists(void *store, struct err *err, const char *key)
{
	struct http_reply reply;

	return brief(store, err, "HEAD", key, (struct bytes){ 0 }, &reply) < 0 ? -1 : reply.status < 300;
}

const struct objects_kind objects_s3 = { s3_put, s3_get, s3_delete, s3_exists, s3_close };
