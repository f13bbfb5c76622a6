/*
 * sigv4_test.c - the signatures that AWS published: of its test suite for Signature Version 4, and of the examples in
 * the reference of S3.
 */
#include "digest.h"
#include "sigv4.h"

#include "in_arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const struct sigv4_key suite = { "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
	"us-east-1", "service" };
static const struct sigv4_key s3 = { "AKIA" "IOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
	"us-east-1", "s3" };

static int64_t
at(int year, int month, int day, int hour, int minute)
{
	struct tm tm = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour,
		.tm_min = minute };

	return timegm(&tm);
}

static void
is_signed(const struct sigv4_key *key, struct sigv4_request r, const char *signature)
{
	const char *whole = sigv4_authorization(arena, key, &r);

	assert_non_null(strstr(whole, "Signature="));
	assert_string_equal(strstr(whole, "Signature=") + 10, signature);
}

/* A request of the suite: two headers, no body. */
static void
suite_says(const char *method, const char *path, const struct sigv4_pair *query, size_t n, const char *signature)
{
	const struct sigv4_pair headers[] = { { "host", "example.amazonaws.com" },
		{ "x-amz-date", "20150830T123600Z" } };

	is_signed(&suite,
	    (struct sigv4_request){ .method = method, .path = path, .query = query, .query_count = n,
		.headers = headers, .headers_count = 2, .payload = EMPTY, .time = at(2015, 8, 30, 12, 36) },
	    signature);
}

static void
the_suite(void **state)
{
	const struct sigv4_pair query[] = { { "Param2", "value2" }, { "Param1", "value1" } };

	(void)state;
	suite_says("GET", "/", NULL, 0, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
	suite_says("POST", "/", NULL, 0, "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
	suite_says("GET", "/", query, 2, "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
	suite_says("GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", NULL, 0,
	    "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f");
	suite_says("GET", "/\u1234", NULL, 0, "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85");
}

static void
the_examples_of_s3(void **state)
{
	const struct sigv4_pair range[] = { { "host", "examplebucket.s3.amazonaws.com" }, { "range", "bytes=0-9" },
		{ "x-amz-content-sha256", EMPTY }, { "x-amz-date", "20130524T000000Z" } };
	const char *sha = digest_sha256(arena, (struct bytes){ (const uint8_t *)"Welcome to Amazon S3.", 21 });
	const struct sigv4_pair put[] = { { "x-amz-storage-class", "REDUCED_REDUNDANCY" },
		{ "x-amz-date", "20130524T000000Z" }, { "x-amz-content-sha256", sha },
		{ "host", "examplebucket.s3.amazonaws.com" }, { "date", "Fri, 24 May 2013 00:00:00 GMT" } };
	const struct sigv4_pair list[] = { { "prefix", "J" }, { "max-keys", "2" } };
	const int64_t time = at(2013, 5, 24, 0, 0);

	(void)state;
	is_signed(&s3,
	    (struct sigv4_request){ .method = "GET", .path = "/test.txt", .headers = range, .headers_count = 4,
		.payload = EMPTY, .time = time },
	    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
	is_signed(&s3,
	    (struct sigv4_request){ .method = "PUT", .path = "/test$file.text", .headers = put, .headers_count = 5,
		.payload = sha, .time = time },
	    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
	const struct sigv4_pair plain[] = { range[0], range[2], range[3] };
	is_signed(&s3,
	    (struct sigv4_request){ .method = "GET", .path = "/", .query = list, .query_count = 2, .headers = plain,
		.headers_count = 3, .payload = EMPTY, .time = time },
	    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
	is_signed(&s3,
	    (struct sigv4_request){ .method = "GET", .path = "/", .query = &(struct sigv4_pair){ "lifecycle", "" },
		.query_count = 1, .headers = plain, .headers_count = 3, .payload = EMPTY, .time = time },
	    "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
}

static void
the_whole_header(void **state)
{
	const struct sigv4_pair headers[] = { { "x-amz-date", "20150830T123600Z" },
		{ "host", "example.amazonaws.com" } };
	const struct sigv4_request r = { .method = "GET", .path = "/", .headers = headers, .headers_count = 2,
		.payload = EMPTY, .time = at(2015, 8, 30, 12, 36) };

	(void)state;
	assert_string_equal(sigv4_authorization(arena, &suite, &r),
	    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
	    "SignedHeaders=host;x-amz-date, "
	    "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_suite),
		cmocka_unit_test(the_examples_of_s3),
		cmocka_unit_test(the_whole_header),
	};

	return cmocka_run_group_tests(tests, begin_arena, end_arena);
}
