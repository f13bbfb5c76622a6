/*
 * files.c - see files.h.
 *
 * Listed paths and roots come from two lists; both go into one array, which is sorted and rid of what is there twice.
 */
#include "files.h"

#include <stdlib.h>
#include <string.h>

#define PREFIX "file:"
#define PREFIX_LEN (sizeof(PREFIX) - 1)
#define PATH_MAX_LEN 120
#define PARTS_MAX 8

static bool
is_word(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* FilePath of api.yaml: parts that begin with a letter, digit or _, between slashes. */
static bool
is_path(struct bytes s)
{
	size_t parts = 1;

	if (s.len == 0 || s.len > PATH_MAX_LEN)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.data[i];
		bool first = i == 0 || s.data[i - 1] == '/';
		if (c == '/' && !first)
			parts++;
		else if (!is_word(c) && (first || (c != '.' && c != '-')))
			return false;
	}
	return parts <= PARTS_MAX && s.data[s.len - 1] != '/';
}

const uint8_t *
doc_file_path(struct bytes root)
{
	if (root.len <= PREFIX_LEN || memcmp(root.data, PREFIX, PREFIX_LEN) != 0)
		return NULL;
	struct bytes path = { root.data + PREFIX_LEN, root.len - PREFIX_LEN };
	return is_path(path) ? path.data : NULL;
}

static size_t
count_characters(struct bytes text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += (text.data[i] & 0xc0) != 0x80;
	return n;
}

static void
read_text(struct fn *fn, const struct yjs_doc *doc, struct doc_file *f)
{
	struct buf text = { 0 };

	yjs_doc_text(doc, bytes_of(arena_printf(fn->arena, PREFIX "%s", f->path)), &text);
	f->text = (struct bytes){ (const uint8_t *)arena_strndup(fn->arena, buf_cstr(&text), text.len), text.len };
	f->characters = count_characters(f->text);
	buf_free(&text);
}

static void
add(struct fn *fn, struct doc_files *files, size_t *cap, struct bytes path, bool listed)
{
	if (files->n == *cap) {
		struct doc_file *v = arena_array(fn->arena, *cap * 2 + 16, sizeof(*v));
		if (files->n > 0)
			memcpy(v, files->v, files->n * sizeof(*v));
		files->v = v;
		*cap = *cap * 2 + 16;
	}
	files->v[files->n++] = (struct doc_file){ .listed = listed,
		.path = arena_strndup(fn->arena, (const char *)path.data, path.len) };
}

/* By path, listed ones first. */
static int
by_path(const void *a, const void *b)
{
	const struct doc_file *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order != 0 ? order : (int)y->listed - (int)x->listed;
}

void
doc_files(struct fn *fn, const struct yjs_doc *doc, struct doc_files *out)
{
	struct doc_files all = { 0 };
	const void *at = NULL;
	struct bytes name;
	size_t cap = 0, kept = 0;

	while (yjs_doc_keys(doc, bytes_of("files"), &at, &name))
		if (is_path(name))
			add(fn, &all, &cap, name, true);
	at = NULL;
	while (yjs_doc_roots(doc, &at, &name)) {
		const uint8_t *path = doc_file_path(name);
		if (path != NULL)
			add(fn, &all, &cap, (struct bytes){ path, name.len - PREFIX_LEN }, false);
	}
	if (all.n > 0)
		qsort(all.v, all.n, sizeof(*all.v), by_path);
	for (size_t i = 0; i < all.n; i++) {
		struct doc_file f = all.v[i];
		if (kept > 0 && strcmp(all.v[kept - 1].path, f.path) == 0)
			continue;
		read_text(fn, doc, &f);
		if (f.listed || f.text.len > 0)
			all.v[kept++] = f;
	}
	all.n = kept;
	*out = all;
}

bool
doc_file(struct fn *fn, const struct yjs_doc *doc, const char *path, struct doc_file *out)
{
	struct doc_file f = { .path = path };
	const void *at = NULL;
	struct bytes key;

	while (yjs_doc_keys(doc, bytes_of("files"), &at, &key))
		f.listed |= key.len == strlen(path) && memcmp(key.data, path, key.len) == 0;
	read_text(fn, doc, &f);
	*out = f;
	return f.listed || f.text.len > 0;
}
