/*
 * show.c - an update as lines for people.
 *
 *	2979433951:14+7 string "return 0;" origin 1:3 right 1:4
 *	406714661:0+5 deleted parent root "text"
 *	delete 1:4-9
 */
#include "block.h"
#include "value.h"

#include <inttypes.h>

static const char *const ref_names[] = { "gc", "deleted", "json", "binary", "string", "embed",
	"format", "type", "any", "doc", "skip" };
static const char *const type_names[] = { "array", "map", "text", "xml-element", "xml-fragment",
	"xml-hook", "xml-text" };

static void
show_id(struct buf *out, const char *what, struct yid id)
{
	buf_printf(out, " %s %" PRIu64 ":%" PRIu32, what, id.client, id.clock);
}

static void
show_place(struct buf *out, const struct yblock *b)
{
	if (b->info & INFO_ORIGIN)
		show_id(out, "origin", b->origin);
	if (b->info & INFO_RIGHT)
		show_id(out, "right", b->right);
	if (!yblock_has_parent(b))
		return;
	if (b->in_root) {
		buf_str(out, " root ");
		yjson_string(out, b->root);
	} else {
		show_id(out, "parent", b->parent);
	}
	if (b->info & INFO_SUB) {
		buf_str(out, " key ");
		yjson_string(out, b->sub);
	}
}

static void
show_values(struct buf *out, const struct yblock *b)
{
	struct yrd r = yrd_new(b->content);

	buf_str(out, " [");
	for (uint32_t i = 0; i < b->len; i++) {
		if (i > 0)
			buf_byte(out, ',');
		if (b->ref == REF_ANY) {
			yany_json(out, &r);
		} else {
			struct bytes s = yrd_bytes(&r);
			buf_add(out, s.data, s.len);
		}
	}
	buf_byte(out, ']');
}

static void
show_content(struct buf *out, const struct yblock *b)
{
	struct yrd r = yrd_new(b->content);
	struct bytes s;

	switch (b->ref) {
	case REF_STRING:
		buf_byte(out, ' ');
		yjson_string(out, b->content);
		break;
	case REF_FORMAT:
		buf_byte(out, ' ');
		yjson_string(out, yrd_bytes(&r));
		/* fall through */
	case REF_EMBED:
		buf_byte(out, ' ');
		s = yrd_bytes(&r);
		buf_add(out, s.data, s.len);
		break;
	case REF_TYPE:
		buf_printf(out, " %s", type_names[b->type]);
		break;
	case REF_ANY:
	case REF_JSON:
		show_values(out, b);
		break;
	}
}

int
yjs_show(struct buf *out, struct bytes update, struct err *e)
{
	struct ywalk w;
	struct yblock b;
	struct yjs_range d;

	if (yjs_validate(update, &yjs_limits_all, NULL, e) != 0)
		return -1;
	ywalk_open(&w, update, &yjs_limits_all);
	while (ywalk_struct(&w, &b)) {
		buf_printf(out, "%" PRIu64 ":%" PRIu32 "+%" PRIu32 " %s", b.client, b.clock, b.len,
		    ref_names[b.ref]);
		if (b.ref != REF_GC && b.ref != REF_SKIP) {
			show_content(out, &b);
			show_place(out, &b);
		}
		buf_byte(out, '\n');
	}
	while (ywalk_delete(&w, &d))
		buf_printf(out, "delete %" PRIu64 ":%" PRIu32 "-%" PRIu32 "\n", d.client, d.start, d.end);
	return ywalk_close(&w, e);
}
