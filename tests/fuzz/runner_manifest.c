/*
 * runner_manifest.c - a requirements.txt or package.json as a person wrote it. What is let through reads the same when
 * it is written for the installer and read again, and holds nothing that an installer could take for more than a name.
 *
 * The first byte chooses the kind.
 */
#include "../../runner/daemon/manifest.c"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_words(const struct manifest *m)
{
	for (size_t i = 0; i < m->count; i++) {
		const char *name = m->list[i].name, *version = m->list[i].version;
		if (name[0] == '-' || version[0] < '0' || version[0] > '9' ||
		    strpbrk(name, " \\\"'\n:;<>=[]") != NULL || strpbrk(version, " /\\\"'\n:;<>=[]") != NULL ||
		    strncmp(name, "..", 2) == 0)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return -1;
	struct arena *a = arena_new(4096);
	struct err err = { 0 };
	struct manifest m, again;
	enum manifest_kind kind = data[0] % 2 == 0 ? MANIFEST_PYTHON : MANIFEST_NODE;
	if (manifest_parse(a, &err, kind, arena_strndup(a, (const char *)data + 1, size - 1), &m) == 0) {
		check_words(&m);
		const char *text = manifest_text(a, &m);
		if (manifest_parse(a, &err, kind, text, &again) < 0 || again.count != m.count ||
		    strcmp(manifest_text(a, &again), text) != 0)
			abort();
	} else if (err.kind != ERR_INVALID || err.detail[0] == '\0')
		abort();
	arena_free(a);
	return 0;
}
