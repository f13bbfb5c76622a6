/*
 * yjs_document.c - updates into a document.
 *
 * The first byte says how the rest is read. Even: as y-protocols messages, of which the updates are
 * taken. Odd: as a programme that writes well-formed updates - every struct has a proper
 * head, its client and clock come in order, only what it refers to is chosen freely - so that most inputs get
 * past the checks and into integration. Bit 1: deleted content is kept.
 *
 * After each update the document must be sound from inside (every item where its clock says, every list linked
 * both ways); at the end, what it encodes must be valid and load into a document of the same state and text.
 */
#include "mutate.h"
#include "sound.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Messages change as messages; a programme, left alone here, as bytes. */
static void
mutate_messages(struct dice *d, struct bytes in, struct buf *out)
{
	size_t head = in.len > 0 && in.data[0] % 2 == 0 ? 1 : in.len;

	buf_add(out, in.data, head);
	if (head == 1)
		mutate_frames(d, (struct bytes){ in.data + 1, in.len - 1 }, out);
}

MUTATES(mutate_messages)

static const struct bytes root = { (const uint8_t *)"t", 1 };

static void
apply(struct yjs_doc *d, struct bytes update)
{
	struct arena *a = arena_new(1024);
	struct yjs_changes changes;
	struct err e = { 0 };

	if (update.len % 2 == 0)
		yjs_doc_apply_changes(d, update, &yjs_limits_all, a, &changes, &e);
	else
		yjs_doc_apply(d, update, &yjs_limits_all, NULL, &e);
	arena_free(a);
	if (!d->broken)
		must_be_sound(d);
}

/* --- the programme: takes bytes, writes updates */
struct program {
	const uint8_t *p, *end;
	uint32_t clock[4];	/* the next of each client */
};

static uint8_t
take(struct program *g)
{
	return g->p < g->end ? *g->p++ : 0;
}

/* A client, and a clock below its next one, or sometimes beyond. */
static void
write_id(struct program *g, struct buf *out, unsigned own)
{
	unsigned client = take(g) % 4, beyond = take(g);
	uint32_t next = g->clock[client];

	ywr_uint(out, client + 1);
	if (client == own)
		ywr_uint(out, next == 0 ? 0 : beyond % next);
	else
		ywr_uint(out, next == 0 ? beyond % 8 : beyond % (next + 2));
}

static const char *const texts[] = { "a", "ab", "xyz", "\xf0\x9f\x98\x80", "\xc3\xa9z", "a\xf0\x9f\x98\x80q",
	"\xe4\xb8\xad" };

/* Payload of content `ref`; returns its length in clocks. */
static uint32_t
write_content(struct program *g, struct buf *out, uint8_t ref)
{
	uint8_t n = take(g);
	struct bytes s;

	switch (ref) {
	case REF_DELETED:
		ywr_uint(out, n % 5 + 1);
		return n % 5 + 1;
	case REF_STRING:
		s.data = (const uint8_t *)texts[n % 7];
		s.len = strlen(texts[n % 7]);
		ywr_bytes(out, s);
		return n % 7 == 0 || n % 7 == 6 ? 1 : n % 7 == 1 || n % 7 == 3 || n % 7 == 4 ? 2 : n % 7 == 2 ? 3 : 4;
	case REF_ANY:
		ywr_uint(out, n % 3 + 1);
		for (int i = 0; i <= n % 3; i++)
			buf_str(out, i == 1 ? "w\001k" : "x");
		return n % 3 + 1;
	case REF_JSON:
		ywr_uint(out, 2);
		buf_add(out, "\001" "1" "\011undefined", 12);
		return 2;
	case REF_FORMAT:
		buf_add(out, "\001b\004true", 7);
		return 1;
	case REF_EMBED:
	case REF_BINARY:
		buf_add(out, "\002{}", 3);
		return 1;
	default:
		ywr_uint(out, n % 3);
		return 1;
	}
}

static uint32_t
write_struct(struct program *g, struct buf *out, unsigned client)
{
	static const uint8_t refs[] = { REF_STRING, REF_STRING, REF_DELETED, REF_ANY, REF_TYPE, REF_TYPE, REF_FORMAT,
		REF_EMBED, REF_JSON, REF_BINARY, REF_GC, REF_STRING };
	uint8_t how = take(g), ref = refs[take(g) % 12], info = ref | (how & 0xe0);

	if (g->clock[client] == 0)
		info &= (uint8_t)~INFO_RIGHT;
	if (ref == REF_GC) {
		buf_byte(out, ref);
		ywr_uint(out, how % 3 + 1);
		return how % 3 + 1;
	}
	/* Often, as typing does it: behind what its author wrote last. */
	if (how & 0x10 && g->clock[client] > 0) {
		buf_byte(out, ref | INFO_ORIGIN);
		ywr_uint(out, client + 1);
		ywr_uint(out, g->clock[client] - 1);
		return write_content(g, out, ref);
	}
	buf_byte(out, info);
	for (int i = 0; i < ((info & INFO_ORIGIN) != 0) + ((info & INFO_RIGHT) != 0); i++)
		write_id(g, out, client);
	if ((info & (INFO_ORIGIN | INFO_RIGHT)) == 0) {
		ywr_uint(out, how & 1);
		if (how & 1)
			ywr_bytes(out, root);
		else
			write_id(g, out, client);
		if (info & INFO_SUB)
			buf_add(out, how & 2 ? "\001k" : "\001j", 2);
	}
	return write_content(g, out, ref);
}

static void
write_section(struct program *g, struct buf *out, unsigned client)
{
	unsigned n = take(g) % 4 + 1, gap = take(g);

	ywr_uint(out, n);
	ywr_uint(out, client + 1);
	/* Some are sent again, some are missing. */
	if (gap < 16 && g->clock[client] > 0)
		g->clock[client]--;
	else if (gap > 240)
		g->clock[client]++;
	ywr_uint(out, g->clock[client]);
	while (n-- > 0)
		g->clock[client] += write_struct(g, out, client);
}

static void
write_deletes(struct program *g, struct buf *out)
{
	unsigned client = take(g) % 5, n = take(g) % 3 + 1;

	ywr_uint(out, client < 4);
	if (client == 4)
		return;
	ywr_uint(out, client + 1);
	ywr_uint(out, n);
	while (n-- > 0) {
		ywr_uint(out, take(g) % (g->clock[client] + 3));
		ywr_uint(out, take(g) % 9 + 1);
	}
}

static void
run_program(struct yjs_doc *d, struct bytes in)
{
	struct program g = { .p = in.data, .end = in.data + in.len };
	struct buf held[4] = { 0 };

	for (unsigned i = 0; g.p < g.end; i++) {
		struct buf *out = &held[i % 4];
		unsigned clients = take(&g) % 16, n = 0;
		buf_clear(out);
		for (unsigned c = 0; c < 4; c++)
			n += clients >> c & 1;
		ywr_uint(out, n);
		for (unsigned c = 4; c-- > 0;) {
			if (clients >> c & 1)
				write_section(&g, out, c);
		}
		write_deletes(&g, out);
		/* They arrive in another order than they were written in. */
		apply(d, buf_bytes(&held[take(&g) % 4]));
	}
	for (unsigned i = 0; i < 4; i++) {
		apply(d, buf_bytes(&held[i]));
		buf_free(&held[i]);
	}
}

static void
run_messages(struct yjs_doc *d, struct bytes in)
{
	struct yjs_frame f;
	struct err e = { 0 };

	while (yjs_frame_next(&in, &f, &e) == 1) {
		if (f.kind == YJS_SYNC_STEP2 || f.kind == YJS_SYNC_UPDATE)
			apply(d, f.payload);
	}
}

/* What the document encodes makes another that is the same. */
static void
check_state(const struct yjs_doc *d)
{
	struct buf state = { 0 }, ours = { 0 }, theirs = { 0 };
	struct yjs_doc *copy = yjs_doc_new(NULL);
	struct err e = { 0 };

	must(yjs_doc_encode_pending(d, NULL, &ours, &e) == 0);
	must_be_valid(&ours);
	yjs_doc_encode(d, NULL, &state);
	must(yjs_doc_apply(copy, buf_bytes(&state), &yjs_limits_all, NULL, &e) == 0);
	must(yjs_doc_waiting(copy) == 0);
	must_be_sound(copy);
	yjs_doc_sv(d, &ours);
	yjs_doc_sv(copy, &theirs);
	must_equal(&ours, &theirs);
	yjs_doc_json(d, root, YJS_MAP, &ours);
	yjs_doc_json(d, root, YJS_ARRAY, &ours);
	yjs_doc_snapshot(d, &ours);
	must(!d->opt.keep_deleted || yjs_doc_at(d, buf_bytes(&ours), &theirs, &e) == 0 || ours.len > 0);
	buf_free(&state);
	buf_free(&ours);
	buf_free(&theirs);
	yjs_doc_free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	struct yjs_doc_options opt = { .keep_deleted = data[0] & 2, .pending = 1 << 16, .work = 1 << 20 };
	struct yjs_doc *d = yjs_doc_new(&opt);
	struct bytes in = { data + 1, size - 1 };

	if (data[0] & 1)
		run_program(d, in);
	else
		run_messages(d, in);
	if (!d->broken)
		check_state(d);
	yjs_doc_free(d);
	return 0;
}
