/*
 * language.h - what can be run: the folders of runner/languages, and the images made from them.
 *
 * A language is data. Its file `language` has one setting a line, a name and a value:
 *
 *	title     Python			for people
 *	packages  python3			Debian packages of its image (read by runner/languages/build)
 *	version   python3 --version		a shell's line, asked inside the image as it is built
 *	file      main.py			the file a run starts with
 *	run       /usr/bin/python3 {file}	words, apart by blanks; {file} is the file it starts with
 *	env       PYTHONUNBUFFERED=1		may be repeated
 *	restricted  /usr/bin/python3 /usr/local/lib/viva/restricted.py {file}	in a room that is; optional
 *	hold      /usr/bin/python3 {file}	the same, started ahead of its job (init/hold.h); optional
 *	rank      1				from 1 (a new machine waits for these) to 9, its default
 *	artifact  .program			below /w: the one file that is run, made of the sources by `compile`
 *	warm      2				containers always kept ready; none without it, but while it is in use
 *	libraries requirements.txt /usr/lib/x	libraries can be asked for in that file; they are mounted at that path
 *	install   /opt/viva/install		words of what installs them: it is given the manifest in /w and the
 *						index in VIVA_INDEX, and writes a tar archive to its descriptor 3
 *
 * Beside it may be: `compile`, a shell script that has the sources in its folder and the start file as $1, and writes
 * the artifact to its descriptor 3 (compile.h); `starter`, what an empty start file is offered; `package.json`, whose
 * node_modules go to /opt/viva of the image; `files/`, copied over the image's root; `setup`, a shell script run in the
 * image when its packages are installed. `examples/` are its tests.
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
	const char *recipe;		/* what its image is made of, in few letters: viva/<name>:<recipe> */
	const char *starter;		/* never NULL */
	const char *run[LANGUAGE_WORDS_MAX];
	size_t run_count;
	const char *hold[LANGUAGE_WORDS_MAX];
	size_t hold_count;		/* 0: nothing is held */
	const char *restricted[LANGUAGE_WORDS_MAX];
	size_t restricted_count;	/* 0: the language has no such mode */
	const char *env[LANGUAGE_WORDS_MAX];
	size_t env_count;
	const char *compile;		/* the script; NULL: the sources are what is run */
	const char *artifact;		/* NULL: as above */
	int rank;			/* the lower, the sooner its image and its containers are made */
	int warm;
	const char *manifest, *libraries;	/* NULL: it knows no libraries */
	const char *install[LANGUAGE_WORDS_MAX];
	size_t install_count;
	size_t number;			/* its place in the table */
	const char *_Atomic image;	/* "sha256:..." of the image in use; NULL: none yet (images.h) */
	const char *_Atomic version;	/* as read from the image when it was made */
};

/*
 * Reads every folder of `dir` that has a file `language`, by rank and name, and their recipes (a file of lines "name
 * recipe": build/recipes). Returns how many were put into `out`, or -1 with the error naming file and line. Images are
 * not looked for here.
 */
int languages_read(struct arena *a, struct err *err, const char *dir, const char *recipes,
    struct lang out[LANGUAGES_MAX]);

/* The one of this name, or NULL. */
const struct lang *language_named(const struct lang *table, size_t n, const char *name);

/* "{python,javascript}", an array for the database: those that there is an image for. */
const char *languages_ready(struct arena *a, const struct lang *table, size_t n);

/* One file's text into *out, as above; `where` is for the error. */
int language_parse(struct arena *a, struct err *err, const char *where, const char *text, struct lang *out);

#endif
