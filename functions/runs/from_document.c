/*
 * from_document.c - the files of a run that asks for the room's document.
 *
 * Taken are the files that people see: those that the index lists, and the one that the language starts with. Empty
 * ones are left out, but for that. Bounds are those of files that are sent; what breaks one is named, since whoever
 * pressed Run has not counted.
 */
#include "run.h"

#include "document.h"
#include "files.h"

#include <string.h>

#define FILES_MAX 32		/* RunNew of api.yaml */
#define CHARACTERS_MAX 5000	/* RunFile */

static int
refuse(struct fn *fn, const struct doc_file *f, const char *why)
{
	return err_field(&fn->err, "/document", "%s %s", f->path, why);
}

static int
check(struct fn *fn, const struct doc_file *f)
{
	if (f->characters > CHARACTERS_MAX)
		return refuse(fn, f, arena_printf(fn->arena, "has %zu characters: a file that is run has at most %d",
		    f->characters, CHARACTERS_MAX));
	if (memchr(f->text.data, '\0', f->text.len) != NULL)
		return refuse(fn, f, "holds a NUL character, which cannot be run");
	return 0;
}

/* The file that a run of the language starts with; NULL where there is no such language. */
static int
start_file(struct fn *fn, const char *language, const char **file)
{
	struct language_start_row *row;
	int n = language_start(fn->pg, &row, language);

	*file = n > 0 ? row->file : NULL;
	return n < 0 ? -1 : 0;
}

int
run_from_document(struct fn *fn, const char *room, struct run_new *run)
{
	struct doc d;
	struct yjs_doc *doc;
	struct doc_files all;
	struct doc_file start;

	if (start_file(fn, run->language, &start.path) < 0 || document_open(fn, room, DOCUMENT_CODE, &d) < 0 ||
	    document_read(fn, &d, &doc) < 0)
		return -1;
	doc_files(fn, doc, &all);
	run->files = arena_array(fn->arena, all.n + 1, sizeof(*run->files));
	if (start.path != NULL) {
		doc_file(fn, doc, start.path, &start);
		if (check(fn, &start) < 0)
			return -1;
		run->files[run->files_count++] = (struct run_file){ start.path, (const char *)start.text.data };
	}
	for (size_t i = 0; i < all.n; i++) {
		const struct doc_file *f = &all.v[i];
		if (!f->listed || f->text.len == 0 || (start.path != NULL && strcmp(f->path, start.path) == 0))
			continue;
		if (check(fn, f) < 0)
			return -1;
		run->files[run->files_count++] = (struct run_file){ f->path, (const char *)f->text.data };
	}
	if (run->files_count > FILES_MAX)
		return err_field(&fn->err, "/document", "%zu files are more than the %d that can be run",
		    run->files_count, FILES_MAX);
	return 0;
}
