/*
 * languages.c - GET /api/languages: what can be run here.
 */
#include "run.h"

int
runs_languages(struct fn *fn, struct language_list *out)
{
	struct language_list_row *rows;
	int n = language_list(fn->pg, &rows);

	if (n < 0)
		return -1;
	out->languages_count = (size_t)n;
	out->languages = arena_array(fn->arena, (size_t)n, sizeof(*out->languages));
	for (int i = 0; i < n; i++)
		out->languages[i] = (struct language){ .name = rows[i].name, .title = rows[i].title,
			.version = rows[i].version, .file = rows[i].file, .ready = rows[i].ready,
			.detail = rows[i].detail, .starter = rows[i].starter, .image = rows[i].image };
	return 0;
}
