/*
 * state.c - GET /api/rooms/{room}/docs/{document}/state: by what a client finds out whether it has diverged.
 *
 * Two documents with the same edits and the same deletes say the same, unless an edit's id stands for one thing here
 * and another there: a bug, a broken disk, a forger. `snapshot` is a hash of the former, `hash` of what is said.
 * Encoded documents are not compared: a browser keeps for its undo what the server drops. Fingerprint of api.yaml
 * defines both hashes; nginx/app/provider/src/fingerprint.ts makes the same of a Y.Doc.
 */
#include "docs.h"

#include "canonical.h"
#include "digest.h"
#include "files.h"

#include <string.h>

static void
add_text(struct buf *to, const char *path, bool listed, struct bytes text)
{
	buf_add(to, path, strlen(path) + 1);
	buf_add(to, listed ? "1" : "0", 2);
	buf_printf(to, "%zu", text.len);
	buf_byte(to, 0);
	buf_add(to, text.data, text.len);
}

static void
say_code(struct fn *fn, const struct yjs_doc *doc, struct buf *to)
{
	struct doc_files files;

	doc_files(fn, doc, &files);
	for (size_t i = 0; i < files.n; i++)
		add_text(to, files.v[i].path, files.v[i].listed, files.v[i].text);
}

static void
say_notes(const struct yjs_doc *doc, struct buf *to)
{
	struct buf text = { 0 };

	if (yjs_doc_text(doc, (struct bytes){ (const uint8_t *)"notes", 5 }, &text) && text.len > 0)
		add_text(to, "notes", false, buf_bytes(&text));
	buf_free(&text);
}

/* A root type says on no wire what it is: it counts as a map and as an array, of which one is empty. */
static void
say_board(struct fn *fn, const struct yjs_doc *doc, struct buf *to)
{
	static const struct bytes name = { (const uint8_t *)"board", 5 };
	struct buf map = { 0 }, array = { 0 };

	if (yjs_doc_json(doc, name, YJS_MAP, &map) && yjs_doc_json(doc, name, YJS_ARRAY, &array) &&
	    map.len + array.len > strlen("{}[]"))
		buf_printf(to, "%s%s", canonical_hash(fn->arena, buf_bytes(&map)),
		    canonical_hash(fn->arena, buf_bytes(&array)));
	buf_free(&map);
	buf_free(&array);
}

int
docs_state(struct fn *fn, const struct docs_state_params *params, struct fingerprint *out)
{
	struct buf made = { 0 };
	struct yjs_doc *doc;
	struct doc d;

	if (document_open(fn, params->room, params->document, &d) < 0 || document_read(fn, &d, &doc) < 0)
		return -1;
	yjs_doc_sv(doc, &made);
	out->vector = digest_base64(fn->arena, buf_bytes(&made));
	buf_clear(&made);
	yjs_doc_snapshot(doc, &made);
	out->snapshot = digest_sha256(fn->arena, buf_bytes(&made));
	buf_clear(&made);
	if (params->document == DOCUMENT_CODE)
		say_code(fn, doc, &made);
	else if (params->document == DOCUMENT_NOTES)
		say_notes(doc, &made);
	else
		say_board(fn, doc, &made);
	out->hash = digest_sha256(fn->arena, buf_bytes(&made));
	buf_free(&made);
	return 0;
}
