/*
 * docs_segment.c - the log's segments as read back: never past the end, and what is read writes the same bytes.
 */
#include "../../functions/docs/segment.c"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = { data, size };
	struct segment_record r;
	struct buf again = { 0 };

	while (segment_next(&rest, &r))
		segment_add(&again, &r);
	if (again.len != size - rest.len || (again.len > 0 && memcmp(again.data, data, again.len) != 0))
		abort();
	buf_free(&again);
	return 0;
}
