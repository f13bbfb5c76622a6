/*
 * yblock_write.c - structs back to bytes, whole or without their first units.
 *
 * Source: yjs src/structs/Item.js (write), src/utils/updates.js (sliceStruct). An item that
 * is written whole is copied; only bit 0x20 can differ.
 */
#include "block.h"

#include "utf8.h"
#include "value.h"

struct bytes
yblock_content_from(const struct yblock *b, uint32_t cut, bool *half)
{
	struct yrd r = yrd_new(b->content);

	*half = false;
	if (b->ref == REF_STRING) {
		size_t at = b->ascii ? cut : yutf8_offset(b->content, cut, half);
		yrd_take(&r, at + (*half ? 4 : 0));
	}
	for (uint32_t i = 0; i < cut && b->ref == REF_ANY; i++)
		yany_skip(&r, VALUE_DEPTH);
	for (uint32_t i = 0; i < cut && b->ref == REF_JSON; i++)
		yrd_bytes(&r);
	return (struct bytes){ r.p, yrd_left(&r) };
}

void
yblock_write_content(struct buf *out, const struct yblock *b, uint32_t cut)
{
	bool half;
	struct bytes rest = yblock_content_from(b, cut, &half);

	switch (b->ref) {
	case REF_GC:
	case REF_SKIP:
	case REF_DELETED:
		ywr_uint(out, b->len - cut);
		return;
	case REF_JSON:
	case REF_ANY:
		ywr_uint(out, b->len - cut);
		break;
	case REF_STRING:
		/* Half a pair cannot be written: yjs puts U+FFFD for it. */
		ywr_uint(out, rest.len + (half ? 3 : 0));
		if (half)
			buf_str(out, UTF8_REPLACEMENT);
		break;
	}
	buf_add(out, rest.data, rest.len);
}

static void
write_cut(struct buf *out, const struct yblock *b, uint32_t cut)
{
	uint8_t info = b->ref;

	if (b->ref != REF_GC && b->ref != REF_SKIP) {
		/* The key is known here only where neither origin was written. */
		info |= INFO_ORIGIN | (b->info & INFO_RIGHT);
		info |= yblock_has_parent(b) ? b->info & INFO_SUB : 0;
	}
	buf_byte(out, info);
	if (info & INFO_ORIGIN) {
		ywr_uint(out, b->client);
		ywr_uint(out, b->clock + cut - 1);
	}
	if (info & INFO_RIGHT) {
		ywr_uint(out, b->right.client);
		ywr_uint(out, b->right.clock);
	}
	yblock_write_content(out, b, cut);
}

void
yblock_write(struct buf *out, const struct yblock *b, uint32_t cut)
{
	if (cut > 0 || b->ref == REF_GC || b->ref == REF_SKIP) {
		write_cut(out, b, cut);
		return;
	}
	uint8_t *p = buf_reserve(out, b->raw.len);
	memcpy(p, b->raw.data, b->raw.len);
	if (!yblock_has_parent(b))
		p[0] &= (uint8_t)~INFO_SUB;
	out->len += b->raw.len;
}
