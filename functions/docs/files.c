/*
 * files.c - GET /api/rooms/{room}/files and /files/{path}: the code as the server has it.
 */
#include "docs.h"

#include "digest.h"
#include "files.h"

#define FILES_MAX 1000	/* maxItems of FileList */

static int
read_code(struct fn *fn, const char *room, struct yjs_doc **doc)
{
	struct doc d;

	return document_open(fn, room, DOCUMENT_CODE, &d) < 0 ? -1 : document_read(fn, &d, doc);
}

int
docs_files(struct fn *fn, const struct docs_files_params *params, struct file_list *out)
{
	struct yjs_doc *doc;
	struct doc_files all;

	if (read_code(fn, params->room, &doc) < 0)
		return -1;
	doc_files(fn, doc, &all);
	out->more = all.n > FILES_MAX;
	out->files_count = out->more ? FILES_MAX : all.n;
	out->files = arena_array(fn->arena, out->files_count, sizeof(*out->files));
	for (size_t i = 0; i < out->files_count; i++) {
		const struct doc_file *f = &all.v[i];
		out->files[i] = (struct file){ .path = f->path, .bytes = (int64_t)f->text.len,
			.characters = (int64_t)f->characters, .hash = digest_sha256(fn->arena, f->text),
			.listed = f->listed };
	}
	return 0;
}

int
docs_file(struct fn *fn, const struct docs_file_params *params, struct buf *out)
{
	struct yjs_doc *doc;
	struct doc_file f;

	if (read_code(fn, params->room, &doc) < 0)
		return -1;
	if (!doc_file(fn, doc, params->path, &f))
		return err_set(&fn->err, ERR_NOT_FOUND, "there is no file %s in this room", params->path);
	fn_set_header(fn, "ETag", arena_printf(fn->arena, "\"%s\"", digest_sha256(fn->arena, f.text)));
	buf_add(out, f.text.data, f.text.len);
	return 0;
}
