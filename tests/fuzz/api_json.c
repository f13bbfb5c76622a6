/*
 * api_json.c - JSON from anybody to the structs of schemas/api.yaml, and back.
 *
 * The first byte chooses what the rest shall be. What the decoder takes, the encoder must write so that the
 * decoder takes it again and the encoder writes the same; what it refuses, it refuses with a reason.
 */
#include "api_types.h"
#include "shape.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct shape *const shapes[] = {
	&signup_shape, &signin_shape, &first_shape, &refresh_shape, &me_change_shape, &room_new_shape,
	&room_change_shape, &invite_new_shape, &join_shape, &lease_shape, &chat_new_shape, &run_new_shape,
	&signal_new_shape,
	/* Replies, for what requests do not have: arrays of objects in objects, booleans, optional objects. */
	&room_shape, &room_list_shape, &run_output_shape, &problem_shape, &session_shape,
	&run_input_shape, &test_case_set_shape, &terminal_new_shape, &terminal_input_shape, &terminal_size_shape,
	&test_case_list_shape,
};
#define SHAPES (sizeof(shapes) / sizeof(*shapes))

static void
check_again(struct arena *a, const struct shape *shape, const void *value)
{
	struct buf first = { 0 }, second = { 0 };
	struct err e = { 0 };
	void *again;

	shape_encode(&first, shape, value);
	if (shape_decode(a, &e, buf_bytes(&first), shape, &again) < 0)
		abort();
	shape_encode(&second, shape, again);
	if (first.len != second.len || memcmp(first.data, second.data, first.len) != 0)
		abort();
	buf_free(&first);
	buf_free(&second);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = { 0 };
	void *value;

	if (size == 0)
		return 0;
	const struct shape *shape = shapes[data[0] % SHAPES];
	struct arena *a = arena_new(4096);
	if (shape_decode(a, &e, (struct bytes){ data + 1, size - 1 }, shape, &value) == 0)
		check_again(a, shape, value);
	else if (e.kind != ERR_INVALID || e.detail[0] == '\0')
		abort();
	arena_free(a);
	return 0;
}
