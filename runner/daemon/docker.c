/*
 * docker.c - see docker.h.
 *
 * Paths carry no API version: the fields used here have meant the same since Docker 1.12, while
 * engines drop old versions and refuse newer ones.
 */
#include "docker.h"

#include "buf.h"
#include "http.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLY_MAX (4u << 20)
#define TIMEOUT_MS 20000

struct docker {
	struct http *http;
	struct arena *arena;	/* of one call */
};

struct docker *
docker_new(const char *socket)
{
	struct docker *d = calloc(1, sizeof(*d));

	if (d == NULL)
		abort();
	d->http = http_new(socket);
	d->arena = arena_new(4096);
	return d;
}

void
docker_free(struct docker *d)
{
	if (d == NULL)
		return;
	http_free(d->http);
	arena_free(d->arena);
	free(d);
}

/* The engine's {"message": ...} of a refused call. */
static int
refused(struct err *err, const char *what, const struct http_reply *r)
{
	json_t *j = json_loadb((const char *)r->body.data, r->body.len, 0, NULL);
	const char *said = json_string_value(json_object_get(j, "message"));

	err_set(err, r->status == 404 ? ERR_NOT_FOUND : ERR_INTERNAL, "docker: %s: %d %s", what, r->status,
	    said != NULL ? said : "");
	json_decref(j);
	return -1;
}

static int
call(struct docker *d, struct err *err, const char *method, const char *path, const char *body, struct http_reply *r)
{
	struct bytes b = { (const uint8_t *)body, body != NULL ? strlen(body) : 0 };

	arena_reset(d->arena);
	if (http_request(d->http, d->arena, err, method, path, body != NULL ? "application/json" : NULL, b,
	    TIMEOUT_MS, REPLY_MAX, r) < 0)
		return -1;
	return 0;
}

/* A call whose answer is one of the 2xx, or one more status that is as good. */
static int
must(struct docker *d, struct err *err, const char *method, const char *path, const char *body, int also,
    struct http_reply *r)
{
	if (call(d, err, method, path, body, r) < 0)
		return -1;
	if (r->status / 100 != 2 && r->status != also)
		return refused(err, path + strlen("http://docker"), r);
	return 0;
}

#define URL_MAX 2048

static void
url(char out[URL_MAX], const char *before, const char *name, const char *after)
{
	snprintf(out, URL_MAX, "http://docker%s%s%s", before, name, after);
}

int
docker_image(struct docker *d, struct arena *a, struct err *err, const char *ref, const char *label,
    const char **id, const char **value)
{
	char path[URL_MAX];
	struct http_reply r;

	url(path, "/images/", ref, "/json");
	if (must(d, err, "GET", path, NULL, 200, &r) < 0)
		return -1;
	json_t *j = json_loadb((const char *)r.body.data, r.body.len, 0, NULL);
	const char *found = json_string_value(json_object_get(j, "Id"));
	json_t *labels = json_object_get(json_object_get(j, "Config"), "Labels");
	const char *text = json_string_value(json_object_get(labels, label));
	if (found != NULL) {
		*id = arena_strdup(a, found);
		*value = arena_strdup(a, text != NULL ? text : "");
	}
	json_decref(j);
	return found != NULL ? 0 : err_set(err, ERR_INTERNAL, "docker: image %s has no id", ref);
}

int
docker_create(struct docker *d, struct err *err, const char *name, const char *body)
{
	char path[URL_MAX];
	struct http_reply r;

	url(path, "/containers/create?name=", name, "");
	return must(d, err, "POST", path, body, 201, &r);
}

int
docker_start(struct docker *d, struct err *err, const char *name)
{
	char path[URL_MAX];
	struct http_reply r;

	url(path, "/containers/", name, "/start");
	return must(d, err, "POST", path, "", 204, &r);
}

int
docker_remove(struct docker *d, struct err *err, const char *name)
{
	char path[URL_MAX];
	struct http_reply r;

	url(path, "/containers/", name, "?force=1&v=1");
	if (call(d, err, "DELETE", path, NULL, &r) < 0)
		return -1;
	if (r.status / 100 == 2 || r.status == 404 || r.status == 409)
		return 0;
	return refused(err, name, &r);
}

const char *
docker_state(struct docker *d, struct arena *a, const char *name)
{
	char path[URL_MAX];
	struct http_reply r;
	struct err err = { 0 };

	url(path, "/containers/", name, "/json");
	if (must(d, &err, "GET", path, NULL, 200, &r) < 0)
		return arena_strdup(a, err.detail);
	json_t *j = json_loadb((const char *)r.body.data, r.body.len, 0, NULL);
	json_t *state = json_object_get(j, "State");
	const char *status = json_string_value(json_object_get(state, "Status"));
	const char *error = json_string_value(json_object_get(state, "Error"));
	const char *text = arena_printf(a, "%s, exit code %lld %s", status != NULL ? status : "?",
	    (long long)json_integer_value(json_object_get(state, "ExitCode")), error != NULL ? error : "");
	json_decref(j);
	return text;
}

/* Docker names begin with a slash. */
static const char *
first_name(json_t *container)
{
	const char *name = json_string_value(json_array_get(json_object_get(container, "Names"), 0));

	return name != NULL && *name == '/' ? name + 1 : name;
}

int
docker_list(struct docker *d, struct arena *a, struct err *err, const char *label, const char *value,
    const char ***names)
{
	char path[URL_MAX];
	struct http_reply r;
	json_t *filter = json_pack("{s:[o]}", "label", json_sprintf("%s=%s", label, value));
	char *text = json_dumps(filter, JSON_COMPACT);
	struct buf b = { 0 };

	json_decref(filter);
	for (const char *c = text; c != NULL && *c != '\0'; c++)
		buf_printf(&b, "%%%02X", (unsigned char)*c);
	free(text);
	url(path, "/containers/json?all=1&filters=", buf_cstr(&b), "");
	buf_free(&b);
	if (must(d, err, "GET", path, NULL, 200, &r) < 0)
		return -1;
	json_t *list = json_loadb((const char *)r.body.data, r.body.len, 0, NULL);
	size_t n = json_array_size(list), used = 0;
	*names = arena_array(a, n + 1, sizeof(**names));
	for (size_t i = 0; i < n; i++) {
		const char *name = first_name(json_array_get(list, i));
		if (name != NULL)
			(*names)[used++] = arena_strdup(a, name);
	}
	json_decref(list);
	return 0;
}
