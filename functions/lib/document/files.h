/*
 * files.h - the files in a room's code.
 *
 * A file is a root text named `file:<path>`; the root map `files` is the index, with a key for each path. A file is
 * there if the index lists it or its text is not empty: a text without a listing is a removed file that somebody
 * went on typing into, or one of a client that keeps no index. Whoever shows files to people shows the listed
 * ones. Keys that are no paths name no files.
 */
#ifndef DOCUMENT_FILES_H
#define DOCUMENT_FILES_H

#include "fn.h"
#include "yjs.h"

struct doc_file {
	const char *path;
	struct bytes text;	/* UTF-8; a NUL follows, and some may be inside */
	size_t characters;	/* code points */
	bool listed;
};
struct doc_files {
	struct doc_file *v;	/* by ascending path */
	size_t n;
};

/* All of them, in the request's arena. */
void doc_files(struct fn *fn, const struct yjs_doc *doc, struct doc_files *out);

/* One of them by its path; false where there is none. */
bool doc_file(struct fn *fn, const struct yjs_doc *doc, const char *path, struct doc_file *out);

/* The path in a root's name, not ended by NUL, or NULL where the name is not that of a file. */
const uint8_t *doc_file_path(struct bytes root);

#endif
