/*
 * language.h - what can be run: the folders of runner/languages, and the images made from them.
 *
 * A language is data. Its file `language` has one setting a line, a name and a value:
 *
 *	title     Python			for people
 *	packages  python3			Debian packages of its image (read by runner/languages/build)
 *	version   /usr/bin/python3 --version	asked inside the image as it is built
 *	file      main.py			the file a run starts with
 *	run       /usr/bin/python3 {file}	words, apart by blanks; {file} is the file it starts with
 *	env       PYTHONUNBUFFERED=1		may be repeated
 *	hold      /usr/bin/python3 {file}	the same, started ahead of its job (init/hold.h); optional
 */
#ifndef RUNNER_LANGUAGE_H
#define RUNNER_LANGUAGE_H

#include "arena.h"
#include "err.h"

#include <stddef.h>

#define LANGUAGES_MAX 64
#define LANGUAGE_WORDS_MAX 16

struct lang {
	const char *name, *title, *file;
	const char *run[LANGUAGE_WORDS_MAX];
	size_t run_count;
	const char *hold[LANGUAGE_WORDS_MAX];
	size_t hold_count;		/* 0: nothing is held */
	const char *env[LANGUAGE_WORDS_MAX];
	size_t env_count;
	size_t number;			/* its place in the table */
	const char *image;		/* "sha256:..." of the image in use */
	const char *version;		/* as read from the image when it was made */
};

/*
 * Reads every folder of `dir` that has a file `language`, by name. Returns how many were put into
 * `out`, or -1 with the error naming file and line. Images are not looked for here.
 */
int languages_read(struct arena *a, struct err *err, const char *dir, struct lang out[LANGUAGES_MAX]);

/* One file's text into *out, as above; `where` is for the error. */
int language_parse(struct arena *a, struct err *err, const char *where, const char *text, struct lang *out);

#endif
