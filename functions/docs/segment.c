/*
 * segment.c - see segment.h.
 */
#include "segment.h"

static void
put_be(struct buf *to, uint64_t value, int bytes)
{
	while (bytes-- > 0)
		buf_byte(to, (uint8_t)(value >> (8 * bytes)));
}

static bool
take_be(struct bytes *from, int bytes, uint64_t *value)
{
	if (from->len < (size_t)bytes)
		return false;
	*value = 0;
	for (int i = 0; i < bytes; i++)
		*value = *value << 8 | from->data[i];
	from->data += bytes;
	from->len -= (size_t)bytes;
	return true;
}

static bool
take_bytes(struct bytes *from, uint64_t len, struct bytes *out)
{
	if (from->len < len)
		return false;
	*out = (struct bytes){ from->data, (size_t)len };
	from->data += len;
	from->len -= (size_t)len;
	return true;
}

void
segment_add(struct buf *to, const struct segment_record *r)
{
	size_t name = r->participant.len > UINT8_MAX ? UINT8_MAX : r->participant.len;

	put_be(to, r->ms, 8);
	put_be(to, r->seq, 4);
	put_be(to, name, 1);
	buf_add(to, r->participant.data, name);
	put_be(to, r->update.len, 4);
	buf_add(to, r->update.data, r->update.len);
}

bool
segment_next(struct bytes *from, struct segment_record *r)
{
	struct bytes rest = *from;
	uint64_t seq, len;

	if (!take_be(&rest, 8, &r->ms) || !take_be(&rest, 4, &seq) || !take_be(&rest, 1, &len) ||
	    !take_bytes(&rest, len, &r->participant) || !take_be(&rest, 4, &len) ||
	    !take_bytes(&rest, len, &r->update))
		return false;
	r->seq = (uint32_t)seq;
	*from = rest;
	return true;
}
