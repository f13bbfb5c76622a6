/*
 * manifest.h - which libraries a run asks for: the file requirements.txt or package.json among its own.
 *
 * Strict on purpose: a name and one exact version each, so that the same files give the same libraries tomorrow.
 * What the installer is given is never the person's file but what manifest_text() makes of the list.
 *
 *	requirements.txt	a line each, `name==version`; blank lines and comments (#) between them. Names are
 *				compared as PEP 503 says: case and the kind of dash do not matter.
 *	package.json		the object `dependencies`, names and exact versions ("4.17.21"); what else the file
 *				says is the program's own business.
 */
#ifndef RUNNER_MANIFEST_H
#define RUNNER_MANIFEST_H

#include "arena.h"
#include "err.h"

#include <stdbool.h>
#include <stddef.h>

#define MANIFEST_LIBRARIES_MAX 32
#define MANIFEST_NAME_MAX 214		/* as npm has it; PyPI's are shorter */
#define MANIFEST_VERSION_MAX 64

enum manifest_kind { MANIFEST_PYTHON, MANIFEST_NODE };

struct manifest {
	enum manifest_kind kind;
	size_t count;				/* 0: nothing is asked for */
	struct library {
		const char *name, *version;
	} list[MANIFEST_LIBRARIES_MAX];		/* by name, each once */
};

/* The kind of a manifest called so (the file's whole path); false: it is none. */
bool manifest_kind(const char *path, enum manifest_kind *kind);

/*
 * Reads a manifest's text. -1 with ERR_INVALID: the detail is a sentence for the person who wrote it, and names the
 * line or the library. What *out holds lives in the arena.
 */
int manifest_parse(struct arena *a, struct err *err, enum manifest_kind kind, const char *text, struct manifest *out);

/* The list as a file for the installer, and as the part of the cache's key that says what was asked for. */
const char *manifest_text(struct arena *a, const struct manifest *m);

#endif
