/*
 * request_test.c - from FastCGI parameters to a route with its parameters; Origin; cookies.
 */
#include "request.h"

#include "in_arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ID "AAAAAAAAAAAAAAAAAAAAAA"

struct params {
	const char *room;
	int64_t after;
	bool has_after;
};
static const struct shape_member members[] = {
	{ .name = "room", .at = offsetof(struct params, room), .required = true, .in_path = true, .kind = SHAPE_TEXT,
	    .min = 22, .max = 22 },
	{ .name = "after", .at = offsetof(struct params, after), .has = offsetof(struct params, has_after),
	    .kind = SHAPE_INT, .max = INT64_C(9007199254740991) },
};
static const struct shape params_shape = { "params", sizeof(struct params), members, 2 };
static const struct route routes[] = {
	{ .method = "GET", .path = "/api/rooms/{room}/runs", .params = &params_shape },
	{ .method = "POST", .path = "/api/rooms/{room}/runs", .params = &params_shape },
	{ .method = "GET", .path = "/api/rooms" },
	{ .method = "GET", .path = "/ws/rooms/{room}/events", .params = &params_shape, .websocket = true },
};
static const struct function function = { .name = "rooms", .routes = routes, .routes_count = 4 };

/* A request with these parameters, ended by NULL, through request_parse(). */
static struct request *
asked(int expected, const char *method, const char *uri, ...)
{
	struct request *r = arena_array(arena, 1, sizeof(*r));
	FCGX_Request *fcgi = arena_array(arena, 1, sizeof(*fcgi));
	char **envp = arena_array(arena, 16, sizeof(*envp)), *more;
	int n = 0;
	va_list ap;

	envp[n++] = arena_printf(arena, "REQUEST_METHOD=%s", method);
	envp[n++] = arena_printf(arena, "REQUEST_URI=%s", uri);
	envp[n++] = arena_strdup(arena, "HTTP_HOST=viva.example:8080");
	va_start(ap, uri);
	while ((more = va_arg(ap, char *)) != NULL)
		envp[n++] = more;
	va_end(ap);
	fcgi->envp = envp;
	r->fcgi = fcgi;
	r->fn.arena = arena;
	assert_int_equal(request_parse(r), expected);
	return r;
}

static struct request *
routed(const char *method, const char *uri)
{
	struct request *r = asked(0, method, uri, NULL);

	assert_int_equal(router_find(r, &function), 0);
	return r;
}

static void
param_refused(const char *uri, const char *field)
{
	struct request *r = routed("GET", uri);

	assert_int_equal(router_params(r), -1);
	assert_int_equal(r->fn.err.kind, ERR_INVALID);
	assert_string_equal(r->fn.err.field, field);
}

static void
a_route_is_found_with_its_parameters(void **state)
{
	struct request *r = routed("GET", "/api/rooms/" ID "/runs?after=12");

	(void)state;
	assert_ptr_equal(r->route, &routes[0]);
	assert_int_equal(router_params(r), 0);
	const struct params *p = r->call.params;
	assert_string_equal(p->room, ID);
	assert_true(p->has_after);
	assert_int_equal(p->after, 12);
	assert_ptr_equal(routed("HEAD", "/api/rooms")->route, &routes[2]);
	assert_string_equal(r->fn.origin, "http://viva.example:8080");
}

static void
paths_fit_wholly_or_not_at_all(void **state)
{
	static const char *const bad[] = { "/", "/api", "/api/rooms/", "/api/rooms//runs", "/api/rooms/" ID,
		"/api/rooms/" ID "/runs/", "/api/rooms/" ID "/runsx", "/API/rooms", "/api/rooms/" ID "%2Fruns",
		"//api/rooms", "/api/../api/rooms" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct request *r = asked(0, "GET", bad[i], NULL);
		assert_int_equal(router_find(r, &function), -1);
		assert_int_equal(r->fn.err.kind, ERR_NOT_FOUND);
		assert_null(r->allow);
	}
}

static void
a_wrong_method_is_told_the_right_ones(void **state)
{
	struct request *r = asked(0, "DELETE", "/api/rooms/" ID "/runs", NULL);

	(void)state;
	assert_int_equal(router_find(r, &function), -1);
	assert_string_equal(r->allow, "GET, HEAD, POST");
	problem_reply(r);
	assert_int_equal(r->status, 405);
	buf_free(&r->body);
}

static void
parameters_are_checked(void **state)
{
	(void)state;
	param_refused("/api/rooms/short/runs", "room");
	param_refused("/api/rooms/%ff%ffAAAAAAAAAAAAAAAAAAAA/runs", "room");
	param_refused("/api/rooms/" ID "/runs?after=", "after");
	param_refused("/api/rooms/" ID "/runs?after=-1", "after");
	param_refused("/api/rooms/" ID "/runs?after=1.5", "after");
	param_refused("/api/rooms/" ID "/runs?after=0x1", "after");
	param_refused("/api/rooms/" ID "/runs?after=+1", "after");
	param_refused("/api/rooms/" ID "/runs?after=01", "after");
	param_refused("/api/rooms/" ID "/runs?after=9007199254740992", "after");
	param_refused("/api/rooms/" ID "/runs?after=99999999999999999999999999999999999999", "after");
	param_refused("/api/rooms/" ID "/runs?after=1&after=2", "after");
	param_refused("/api/rooms/" ID "/runs?before=1", "before");
	param_refused("/api/rooms/" ID "/runs?room=" ID, "room");
	param_refused("/api/rooms?a", "a");
}

static void
one_is_given_once_even_without_a_value(void **state)
{
	struct request *r = routed("GET", "/api/rooms/" ID "/runs?after&after");

	(void)state;
	assert_int_equal(router_params(r), -1);
	assert_string_equal(r->fn.err.detail, "is given twice");
}

static void
a_caller_of_ipv6_counts_by_its_network(void **state)
{
	static const struct {
		const char *address, *network;
	} cases[] = { { "192.0.2.7", "192.0.2.7" }, { "unix", "unix" }, { "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::" },
		{ "2001:db8:1:2::1", "2001:db8:1:2::" }, { "2001:db8:1:3::1", "2001:db8:1:3::" }, { "::1", "::" } };
	struct request *r = arena_array(arena, 1, sizeof(*r));

	(void)state;
	r->fn.arena = arena;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		r->fn.address = cases[i].address;
		assert_string_equal(fn_network(&r->fn), cases[i].network);
	}
}

static void
malformed_addresses_are_refused(void **state)
{
	static const char *const bad[] = { "", "x", "/%", "/%4", "/%zz", "/%00", "/a?%zz=1", "/a?x=%00", "/a?x=%4" };
	char *many = arena_alloc(arena, 200);

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(asked(-1, "GET", bad[i], NULL)->fn.err.kind, ERR_INVALID);
	memset(many, '/', 100);
	many[100] = '\0';
	assert_int_equal(asked(-1, "GET", many, NULL)->fn.err.kind, ERR_NOT_FOUND);
	memcpy(many, "/a?", 3);
	for (int i = 3; i < 99; i += 2)
		memcpy(many + i, "x&", 2);
	asked(-1, "GET", many, NULL);
}

static void
an_address_that_is_too_long_is_told_so(void **state)
{
	char *longest = arena_alloc(arena, 4096 + 2);

	(void)state;
	memset(longest, 'a', 4096 + 1);
	memcpy(longest, "/a?", 3);
	longest[4096 + 1] = '\0';
	struct request *r = asked(-1, "GET", longest, NULL);
	problem_reply(r);
	assert_int_equal(r->status, 414);
	assert_non_null(strstr(buf_cstr(&r->body), "\"type\":\"too-long\""));
	assert_non_null(strstr(buf_cstr(&r->body), "\"detail\":\"the address is longer than 4096 bytes\""));
	buf_free(&r->body);
	longest[4096] = '\0';
	asked(0, "GET", longest, NULL);
}

static void
malformed_headers_are_refused(void **state)
{
	static const char *const bad[] = { "CONTENT_LENGTH=-1", "CONTENT_LENGTH=1x", "CONTENT_LENGTH= 1",
		"CONTENT_LENGTH=+1" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_string_equal(asked(-1, "GET", "/api/rooms", bad[i], NULL)->fn.err.field, "Content-Length");
	assert_true(asked(0, "GET", "/api/rooms", "CONTENT_LENGTH=99999999999999999999999", NULL)->content_length >
	    1LL << 40);
}

/* 0 when origin_check() lets it pass. */
static int
from(const char *method, const char *uri, const char *a, const char *b)
{
	struct request *r = asked(0, method, uri, a, b, NULL);

	assert_int_equal(router_find(r, &function), 0);
	int result = origin_check(r);
	assert_int_equal(r->fn.err.kind, result == 0 ? ERR_NONE : ERR_DENIED);
	return result;
}

#define RUNS "/api/rooms/" ID "/runs"
#define EVENTS "/ws/rooms/" ID "/events"
#define OURS "HTTP_ORIGIN=http://viva.example:8080"
#define EVIL "HTTP_ORIGIN=http://evil.example"
#define COOKIE "HTTP_COOKIE=viva=x"

static void
writes_and_handshakes_come_from_our_own_pages(void **state)
{
	(void)state;
	assert_int_equal(from("POST", RUNS, OURS, COOKIE), 0);
	assert_int_equal(from("POST", RUNS, EVIL, COOKIE), -1);
	assert_int_equal(from("POST", RUNS, EVIL, NULL), -1);
	assert_int_equal(from("POST", RUNS, "HTTP_ORIGIN=https://viva.example:8080", COOKIE), -1);
	assert_int_equal(from("POST", RUNS, "HTTP_ORIGIN=http://viva.example:8080.evil.example", COOKIE), -1);
	assert_int_equal(from("POST", RUNS, "HTTP_ORIGIN=null", COOKIE), -1);
	assert_int_equal(from("POST", RUNS, COOKIE, NULL), -1);
	assert_int_equal(from("POST", RUNS, "HTTP_SEC_FETCH_SITE=same-origin", COOKIE), 0);
	assert_int_equal(from("POST", RUNS, "HTTP_SEC_FETCH_SITE=same-site", COOKIE), -1);
	assert_int_equal(from("POST", RUNS, "HTTP_SEC_FETCH_SITE=cross-site", COOKIE), -1);
	assert_int_equal(from("POST", RUNS, NULL, NULL), 0);
	assert_int_equal(from("POST", RUNS, "HTTP_AUTHORIZATION=Bearer x", EVIL), 0);
	assert_int_equal(from("GET", RUNS, EVIL, COOKIE), 0);
	assert_int_equal(from("GET", EVENTS, EVIL, COOKIE), -1);
	assert_int_equal(from("GET", EVENTS, COOKIE, NULL), -1);
	assert_int_equal(from("GET", EVENTS, OURS, COOKIE), 0);
	assert_int_equal(from("GET", EVENTS, "HTTP_AUTHORIZATION=Bearer x", NULL), 0);
}

static void
other_origins_may_be_allowed_by_name(void **state)
{
	(void)state;
	setenv("VIVA_ORIGINS", "http://a.example, http://b.example:5173", 1);
	assert_int_equal(from("POST", RUNS, "HTTP_ORIGIN=http://b.example:5173", COOKIE), 0);
	assert_int_equal(from("POST", RUNS, "HTTP_ORIGIN=http://b.example", COOKIE), -1);
	assert_int_equal(from("POST", RUNS, "HTTP_ORIGIN=http://a.example,", COOKIE), -1);
	unsetenv("VIVA_ORIGINS");
}

static void
cookies_are_found_by_their_whole_name(void **state)
{
	struct request *r = asked(0, "GET", "/", "HTTP_COOKIE=xviva=1; vivax=2;viva=3; __Host-viva=4; viva=5", NULL);

	(void)state;
	assert_string_equal(fn_cookie(&r->fn, "viva"), "3");
	assert_null(fn_cookie(&r->fn, "iva"));
	r = asked(0, "GET", "/", "HTTP_COOKIE=viva=3; __Host-viva=4", "HTTPS=on", NULL);
	assert_string_equal(fn_cookie(&r->fn, "viva"), "4");
	assert_string_equal(r->fn.origin, "https://viva.example:8080");
	r = asked(0, "GET", "/", "HTTP_COOKIE=viva=", NULL);
	assert_string_equal(fn_cookie(&r->fn, "viva"), "");
	assert_null(fn_cookie(&asked(0, "GET", "/", "HTTP_COOKIE=viva", NULL)->fn, "viva"));
	assert_null(fn_cookie(&asked(0, "GET", "/", NULL)->fn, "viva"));
}

static void
cookies_are_set_as_strictly_as_they_can_be(void **state)
{
	struct request *r = asked(0, "GET", "/", NULL), *tls = asked(0, "GET", "/", "HTTPS=on", NULL);

	(void)state;
	fn_set_cookie(&r->fn, "viva", "abc", 300);
	assert_string_equal(r->header_values[0], "viva=abc; Path=/; Max-Age=300; HttpOnly; SameSite=Lax");
	fn_set_cookie(&tls->fn, "viva", "abc", 300);
	assert_string_equal(
	    tls->header_values[0], "__Host-viva=abc; Path=/; Max-Age=300; HttpOnly; SameSite=Lax; Secure");
	fn_set_cookie(&r->fn, "viva", NULL, 300);
	assert_string_equal(r->header_values[1], "viva=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
}

static void
problems_tell_what_the_caller_may_know(void **state)
{
	struct request *r = asked(0, "GET", "/", NULL);

	(void)state;
	r->fn.request_id = "abc";
	err_set(&r->fn.err, ERR_INTERNAL, "the password is swordfish");
	problem_reply(r);
	assert_int_equal(r->status, 500);
	assert_string_equal(buf_cstr(&r->body),
	    "{\"type\":\"internal\",\"title\":\"Our mistake\",\"status\":500,\"request\":\"abc\"}");
	err_clear(&r->fn.err);
	err_limit(&r->fn.err, 7, "slowly");
	problem_reply(r);
	assert_int_equal(r->status, 429);
	assert_string_equal(r->header_names[0], "Retry-After");
	assert_string_equal(r->header_values[0], "7");
	err_clear(&r->fn.err);
	err_field(&r->fn.err, "/a", "is bad");
	problem_reply(r);
	assert_non_null(strstr(buf_cstr(&r->body), "\"errors\":[{\"pointer\":\"/a\",\"detail\":\"is bad\"}]"));
	buf_free(&r->body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_route_is_found_with_its_parameters),
		cmocka_unit_test(paths_fit_wholly_or_not_at_all),
		cmocka_unit_test(a_wrong_method_is_told_the_right_ones),
		cmocka_unit_test(parameters_are_checked),
		cmocka_unit_test(one_is_given_once_even_without_a_value),
		cmocka_unit_test(a_caller_of_ipv6_counts_by_its_network),
		cmocka_unit_test(malformed_addresses_are_refused),
		cmocka_unit_test(an_address_that_is_too_long_is_told_so),
		cmocka_unit_test(malformed_headers_are_refused),
		cmocka_unit_test(writes_and_handshakes_come_from_our_own_pages),
		cmocka_unit_test(other_origins_may_be_allowed_by_name),
		cmocka_unit_test(cookies_are_found_by_their_whole_name),
		cmocka_unit_test(cookies_are_set_as_strictly_as_they_can_be),
		cmocka_unit_test(problems_tell_what_the_caller_may_know),
	};

	return cmocka_run_group_tests_name("request", tests, begin_arena, end_arena);
}
