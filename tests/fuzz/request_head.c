/*
 * request_head.c - the FastCGI parameters of a request: address, query, headers, path and query parameters.
 *
 * Each line of the input is one parameter, NAME=value, as the gateway would send it.
 */
#include "../../functions/lib/runtime/request.c"
#include "../../functions/lib/runtime/router.c"

#define LINES_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct params {
	const char *room;
	int64_t after;
	bool has_after;
	enum { DOCUMENT_ABSENT } document;
};

static const char *const documents[] = { "", "code", "board", "notes", NULL };
static const struct shape_member members[] = {
	{ .name = "room", .at = offsetof(struct params, room), .required = true, .in_path = true, .kind = SHAPE_TEXT,
	    .min = 22, .max = 22 },
	{ .name = "document", .at = offsetof(struct params, document), .in_path = true, .kind = SHAPE_ENUM,
	    .names = documents },
	{ .name = "after", .at = offsetof(struct params, after), .has = offsetof(struct params, has_after),
	    .kind = SHAPE_INT, .max = INT64_C(9007199254740991) },
};
static const struct shape shape = { "params", sizeof(struct params), members, sizeof(members) / sizeof(*members) };
static const struct route routes[] = {
	{ .method = "GET", .path = "/api/rooms/{room}", .params = &shape },
	{ .method = "POST", .path = "/api/rooms/{room}/docs/{document}/updates", .params = &shape },
	{ .method = "GET", .path = "/api/rooms" },
};
static const struct function function = { .name = "rooms", .routes = routes, .routes_count = 3 };

static void
check_params(const struct request *r)
{
	const struct params *p = r->call.params;

	if (p == NULL)
		return;
	if (p->room == NULL || !utf8_valid(p->room, strlen(p->room)))
		abort();
	if (p->has_after && (p->after < 0 || p->after > INT64_C(9007199254740991)))
		abort();
	if (p->document > 3)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *envp[LINES_MAX + 1] = { 0 }, *save;
	struct arena *a = arena_new(4096);
	char *text = arena_strndup(a, (const char *)data, size);
	FCGX_Request fcgi = { .envp = envp };
	struct request *r = arena_array(a, 1, sizeof(*r));
	size_t n = 0;

	for (char *line = strtok_r(text, "\n", &save); line != NULL && n < LINES_MAX;
	     line = strtok_r(NULL, "\n", &save))
		envp[n++] = line;
	r->fcgi = &fcgi;
	r->fn.arena = a;
	if (request_parse(r) == 0 && router_find(r, &function) == 0 && router_params(r) == 0)
		check_params(r);
	else if (r->fn.err.kind == ERR_NONE || r->fn.err.kind == ERR_INTERNAL)
		abort();
	arena_free(a);
	return 0;
}
