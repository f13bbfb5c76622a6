/*
 * http.c - see http.h.
 */
#include "http.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

struct http {
	CURL *curl;
	char *unix_socket;
	struct curl_slist *more;	/* headers of the next request */
};

/* What the reply's bytes go into, and how many are welcome. */
struct sink {
	struct buf body;
	size_t max;
	int too_large;
};

struct http *
http_new(const char *unix_socket)
{
	struct http *h = calloc(1, sizeof(*h));

	if (h == NULL || (h->curl = curl_easy_init()) == NULL)
		abort();
	if (unix_socket != NULL && (h->unix_socket = strdup(unix_socket)) == NULL)
		abort();
	return h;
}

void
http_free(struct http *h)
{
	if (h == NULL)
		return;
	curl_easy_cleanup(h->curl);
	curl_slist_free_all(h->more);
	free(h->unix_socket);
	free(h);
}

static size_t
receive(char *data, size_t size, size_t n, void *arg)
{
	struct sink *s = arg;

	if (size * n > s->max - s->body.len) {
		s->too_large = 1;
		return 0;
	}
	buf_add(&s->body, data, size * n);
	return size * n;
}

void
http_header(struct http *h, const char *line)
{
	if ((h->more = curl_slist_append(h->more, line)) == NULL)
		abort();
}

/* Expect: and Accept: are curl's own ideas; a bare server answers faster without. */
static struct curl_slist *
headers(struct http *h, struct arena *a, const char *content_type)
{
	struct curl_slist *list = curl_slist_append(h->more, "Expect:");

	h->more = NULL;
	if (content_type == NULL)
		content_type = "";
	list = curl_slist_append(list, arena_printf(a, "Content-Type:%s%s", *content_type ? " " : "", content_type));
	if (list == NULL)
		abort();
	return list;
}

static void
set_up(struct http *h, const char *method, const char *url, struct bytes body, int timeout_ms, struct sink *sink)
{
	curl_easy_reset(h->curl);
	curl_easy_setopt(h->curl, CURLOPT_URL, url);
	curl_easy_setopt(h->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(h->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(h->curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
	curl_easy_setopt(h->curl, CURLOPT_WRITEFUNCTION, receive);
	curl_easy_setopt(h->curl, CURLOPT_WRITEDATA, sink);
	if (h->unix_socket != NULL)
		curl_easy_setopt(h->curl, CURLOPT_UNIX_SOCKET_PATH, h->unix_socket);
	if (body.len > 0 || strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0) {
		curl_easy_setopt(h->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
		curl_easy_setopt(h->curl, CURLOPT_POSTFIELDS, body.len > 0 ? (const char *)body.data : "");
	}
	if (strcmp(method, "HEAD") == 0)
		curl_easy_setopt(h->curl, CURLOPT_NOBODY, 1L);
	else
		curl_easy_setopt(h->curl, CURLOPT_CUSTOMREQUEST, method);
}

static int
explain(struct err *e, CURLcode code, const struct sink *sink, const char *method, const char *url)
{
	if (sink->too_large)
		return err_set(e, ERR_TOO_LARGE, "%s %s: the answer has more than %zu bytes", method, url, sink->max);
	int ours = code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL;
	return err_set(e, ours ? ERR_INTERNAL : ERR_BUSY, "%s %s: %s", method, url, curl_easy_strerror(code));
}

int
http_request(struct http *h, struct arena *a, struct err *err, const char *method, const char *url,
    const char *content_type, struct bytes body, int timeout_ms, size_t max, struct http_reply *out)
{
	struct sink sink = { .max = max };
	struct curl_slist *list = headers(h, a, content_type);
	long status = 0;

	set_up(h, method, url, body, timeout_ms, &sink);
	curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, list);
	CURLcode code = curl_easy_perform(h->curl);
	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_slist_free_all(list);
	if (code != CURLE_OK) {
		buf_free(&sink.body);
		return explain(err, code, &sink, method, url);
	}
	out->status = (int)status;
	out->body.len = sink.body.len;
	out->body.data = (const uint8_t *)arena_strndup(a, (const char *)sink.body.data, sink.body.len);
	buf_free(&sink.body);
	return 0;
}
