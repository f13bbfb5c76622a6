/*
 * sigv4.h - AWS Signature Version 4, in the header of a request: who asks, and that nobody changed what is asked.
 *
 * libcurl has a signer of its own, but the one of Debian 12 (7.88) signs paths that need escaping wrongly.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
 */
#ifndef IO_SIGV4_H
#define IO_SIGV4_H

#include "arena.h"
#include "buf.h"

#include <stddef.h>
#include <stdint.h>

struct sigv4_key {
	const char *id, *secret, *region, *service;
};

struct sigv4_pair {
	const char *name, *value;
};

/* Names of headers in lower case, values without blanks around; all that are given are signed. Path and query are as
 * they mean, not escaped. */
struct sigv4_request {
	const char *method, *path;
	const struct sigv4_pair *query, *headers;
	size_t query_count, headers_count;
	const char *payload;		/* SHA-256 of the body in hexadecimal */
	int64_t time;			/* seconds since 1970, as in the header x-amz-date */
};

/* The value of the header Authorization. */
const char *sigv4_authorization(struct arena *a, const struct sigv4_key *key, const struct sigv4_request *r);

/* "20150830T123600Z". */
const char *sigv4_time(struct arena *a, int64_t time);

/* What is not a letter, a digit or one of -._~ as %XX; '/' stays where `slash` is 0. */
const char *sigv4_escape(struct arena *a, const char *text, int slash);

#endif
