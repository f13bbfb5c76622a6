/*
 * doc.c - the verbs that apply updates to a document.
 */
#include "cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wishes {
	const char *file, *order, *state, *sv, *text, *json;
	bool raw;
};

static void
parse(int argc, char **argv, struct wishes *w)
{
	const struct { const char *name; const char **to; } options[] = {
		{ "--order", &w->order }, { "--state", &w->state }, { "--sv", &w->sv },
		{ "--text", &w->text }, { "--json", &w->json },
	};

	for (int i = 0; i < argc; i++) {
		const char **to = strncmp(argv[i], "--", 2) == 0 ? NULL : &w->file;
		if (strcmp(argv[i], "--raw") == 0) {
			w->raw = true;
			continue;
		}
		for (size_t k = 0; k < sizeof(options) / sizeof(options[0]); k++) {
			if (strcmp(argv[i], options[k].name) == 0 && ++i < argc)
				to = options[k].to;
		}
		if (to == NULL || i >= argc)
			die("apply: %s: not an option, or without its value", argv[i < argc ? i : argc - 1]);
		*to = argv[i];
	}
	if (w->file == NULL)
		die("apply: wants a file of updates");
}

/* The order to apply in: as they stand, or as a file of u32le indexes says. */
static uint32_t *
read_order(const char *path, size_t n, size_t *count)
{
	struct buf b = { 0 };
	uint32_t *order = calloc(n + 1, sizeof(*order));

	if (order == NULL)
		abort();
	*count = n;
	for (size_t i = 0; i < n; i++)
		order[i] = (uint32_t)i;
	if (path == NULL)
		return order;
	read_file(path, &b);
	*count = b.len / 4;
	if (*count > n)
		die("%s: more indexes than updates", path);
	for (size_t i = 0; i < *count; i++) {
		const uint8_t *p = b.data + 4 * i;
		order[i] = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
		if (order[i] >= n)
			die("%s: index %u is beyond the last update", path, order[i]);
	}
	buf_free(&b);
	return order;
}

static int
show_results(const struct yjs_doc *d, const struct wishes *w)
{
	struct buf out = { 0 };
	struct err e = { 0 };

	if (w->state != NULL) {
		if (yjs_doc_encode_pending(d, NULL, &out, &e) != 0)
			die("%s", e.detail);
		write_file(w->state, buf_bytes(&out));
	}
	buf_clear(&out);
	if (w->sv != NULL) {
		yjs_doc_sv(d, &out);
		write_file(w->sv, buf_bytes(&out));
	}
	buf_clear(&out);
	const char *root = w->text != NULL ? w->text : w->json;
	if (root != NULL) {
		struct bytes name = { (const uint8_t *)root, strlen(root) };
		if (!(w->text != NULL ? yjs_doc_text(d, name, &out) : yjs_doc_json(d, name, YJS_MAP, &out)))
			die("no root type of the name %s", root);
		write_file("-", buf_bytes(&out));
	}
	buf_free(&out);
	if (yjs_doc_waiting(d) > 0)
		fprintf(stderr, "yjs: %zu bytes wait for updates that did not come\n", yjs_doc_waiting(d));
	return 0;
}

int
cmd_apply(int argc, char **argv)
{
	struct wishes w = { 0 };
	struct updates u;
	size_t n;
	int status = 0;

	parse(argc, argv, &w);
	read_updates(w.file, w.raw, &u);
	uint32_t *order = read_order(w.order, u.n, &n);
	struct yjs_doc_options opt = { .pending = SIZE_MAX / 2 };
	struct yjs_doc *d = yjs_doc_new(&opt);
	for (size_t i = 0; i < n; i++) {
		struct err e = { 0 };
		if (yjs_doc_apply(d, u.v[order[i]], &yjs_limits_all, NULL, &e) != 0) {
			fprintf(stderr, "yjs: update %u: %s\n", order[i], e.detail);
			status = 1;
		}
	}
	show_results(d, &w);
	yjs_doc_free(d);
	free(order);
	updates_free(&u);
	return status;
}
