/*
 * block.c - see block.h.
 */
#include "block.h"

#include "utf8.h"
#include "value.h"

static struct yid
read_id(struct yrd *r, uint64_t client, uint32_t clock)
{
	struct yid id = { .client = yrd_uint(r) };
	uint64_t at = yrd_uint(r);

	if (at >= YJS_CLOCK_MAX)
		yrd_fail(r, "a clock above 2^31-1");
	else if (id.client == client && at >= clock)
		yrd_fail(r, "an item that refers to itself or to its own future");
	id.clock = (uint32_t)at;
	return id;
}

static void
read_parent(struct yrd *r, const struct yjs_limits *lim, struct yblock *b)
{
	switch (yrd_uint(r)) {
	case 1:
		b->in_root = true;
		b->root = yrd_string(r);
		if (r->bad == NULL && lim->root != NULL && !lim->root(lim->arg, b->root))
			yrd_fail(r, "a root type of a name that is not used here");
		break;
	case 0:
		b->in_root = false;
		b->parent = read_id(r, b->client, b->clock);
		break;
	default:
		yrd_fail(r, "a parent that is neither a root nor an item");
	}
	if (b->info & INFO_SUB) {
		b->sub = yrd_string(r);
		if (lim->sub_len != 0 && b->sub.len > lim->sub_len)
			yrd_limit(r, "a map key that is too long");
	}
}

static unsigned
depth_of(const struct yjs_limits *lim)
{
	return lim->depth == 0 ? VALUE_DEPTH : lim->depth;
}

static void
read_json(struct yrd *r, const struct yjs_limits *lim, bool undefined)
{
	struct bytes s = yrd_string(r);

	if (r->bad != NULL || (undefined && s.len == 9 && memcmp(s.data, "undefined", 9) == 0))
		return;
	if (!yjson_valid(s, depth_of(lim)))
		yrd_fail(r, "a value that is not JSON, or nested too deep");
}

static void
read_type(struct yrd *r, const struct yjs_limits *lim, struct yblock *b)
{
	uint64_t type = yrd_uint(r);

	if (type > YJS_XML_TEXT) {
		yrd_fail(r, "a shared type that is unknown");
		return;
	}
	if ((lim->types & 1u << type) == 0)
		yrd_fail(r, "a shared type that is not used here");
	if (type == YJS_XML_ELEMENT || type == YJS_XML_HOOK)
		yrd_string(r);
	b->type = (uint8_t)type;
}

static void
read_doc(struct yrd *r, const struct yjs_limits *lim)
{
	if (!lim->docs)
		yrd_fail(r, "a subdocument, which is not used here");
	yrd_string(r);
	yany_skip(r, depth_of(lim));
}

static void
read_text(struct yrd *r, struct yblock *b)
{
	struct ytext_measure m = { 0 };

	b->content = yrd_bytes(r);
	if (!yutf8_measure(b->content, &m))
		yrd_fail(r, "text that is not UTF-8");
	b->len = m.units;
	b->ascii = m.ascii;
}

/* A length that is written down; b->len is 32 bits wide, so it is bounded here. */
static void
read_len(struct yrd *r, struct yblock *b)
{
	uint64_t len = yrd_uint(r);

	if (len > YJS_CLOCK_MAX)
		yrd_fail(r, "a clock above 2^31-1");
	b->len = (uint32_t)len;
}

/* n values, each checked by itself. */
static void
read_values(struct yrd *r, const struct yjs_limits *lim, struct yblock *b)
{
	b->len = (uint32_t)yrd_count(r, 1);
	const uint8_t *first = r->p;
	for (uint32_t i = 0; i < b->len && r->bad == NULL; i++) {
		if (b->ref == REF_ANY)
			yany_skip(r, depth_of(lim));
		else
			read_json(r, lim, true);
	}
	b->content = (struct bytes){ first, (size_t)(r->p - first) };
}

/* Contents of length one. */
static void
read_single(struct yrd *r, const struct yjs_limits *lim, struct yblock *b)
{
	const uint8_t *first = r->p;

	b->len = 1;
	switch (b->ref) {
	case REF_BINARY:
		yrd_bytes(r);
		break;
	case REF_EMBED:
		read_json(r, lim, false);
		break;
	case REF_FORMAT:
		yrd_string(r);
		read_json(r, lim, false);
		break;
	case REF_TYPE:
		read_type(r, lim, b);
		break;
	case REF_DOC:
		read_doc(r, lim);
		break;
	default:
		yrd_fail(r, "a struct of unknown kind");
	}
	b->content = (struct bytes){ first, (size_t)(r->p - first) };
}

static void
read_content(struct yrd *r, const struct yjs_limits *lim, struct yblock *b)
{
	switch (b->ref) {
	case REF_STRING:
		read_text(r, b);
		break;
	case REF_DELETED:
		read_len(r, b);
		break;
	case REF_JSON:
	case REF_ANY:
		read_values(r, lim, b);
		break;
	default:
		read_single(r, lim, b);
	}
}

static void
read_item(struct yrd *r, const struct yjs_limits *lim, struct yblock *b)
{
	if (b->info & INFO_ORIGIN)
		b->origin = read_id(r, b->client, b->clock);
	if (b->info & INFO_RIGHT)
		b->right = read_id(r, b->client, b->clock);
	if (yblock_has_parent(b))
		read_parent(r, lim, b);
	read_content(r, lim, b);
}

void
yblock_read(struct yrd *r, const struct yjs_limits *lim, uint64_t client, uint32_t clock,
    struct yblock *b)
{
	const uint8_t *first = r->p;

	b->client = client;
	b->clock = clock;
	b->len = 0;
	b->content.len = 0;
	b->sub = (struct bytes){ 0 };
	b->info = yrd_byte(r);
	b->ref = b->info & INFO_REF;
	if (b->ref != REF_GC && b->ref != REF_SKIP)
		read_item(r, lim, b);
	else if (b->info != b->ref)
		yrd_fail(r, "a GC or Skip with flags");
	else
		read_len(r, b);
	if (b->len == 0)
		yrd_fail(r, "a struct without length");
	else if (b->len > YJS_CLOCK_MAX - clock)
		yrd_fail(r, "a clock above 2^31-1");
	b->raw = (struct bytes){ first, (size_t)(r->p - first) };
}
