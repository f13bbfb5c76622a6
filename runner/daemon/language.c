/*
 * language.c - see language.h.
 */
#include "language.h"

#include "../init/message.h"
#include "manifest.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX 16384

static int
add_words(struct arena *a, struct err *err, const char *where, const char *value,
    const char *words[LANGUAGE_WORDS_MAX], size_t *count)
{
	char *save = NULL;

	for (char *w = strtok_r(arena_strdup(a, value), " \t", &save); w != NULL; w = strtok_r(NULL, " \t", &save)) {
		if (*count == LANGUAGE_WORDS_MAX)
			return err_set(err, ERR_INVALID, "%s: more than %d words: %s", where, LANGUAGE_WORDS_MAX,
			    value);
		words[(*count)++] = w;
	}
	return 0;
}

/* The manifest and where what it asks for is mounted. */
static int
set_libraries(struct arena *a, struct err *err, const char *where, const char *value, struct lang *out)
{
	enum manifest_kind kind;
	size_t n = strcspn(value, " \t");

	out->manifest = arena_strndup(a, value, n);
	out->libraries = value + n + strspn(value + n, " \t");
	if (!manifest_kind(out->manifest, &kind) || out->libraries[0] != '/')
		return err_set(err, ERR_INVALID,
		    "%s: libraries: want a manifest (requirements.txt, package.json) and a path", where);
	return 0;
}

static int
set(struct arena *a, struct err *err, const char *where, const char *name, const char *value, struct lang *out)
{
	if (strcmp(name, "title") == 0)
		out->title = value;
	else if (strcmp(name, "file") == 0)
		out->file = value;
	else if (strcmp(name, "run") == 0)
		return add_words(a, err, where, value, out->run, &out->run_count);
	else if (strcmp(name, "restricted") == 0)
		return add_words(a, err, where, value, out->restricted, &out->restricted_count);
	else if (strcmp(name, "warm") == 0) {
		out->warm = atoi(value);
		if (out->warm < 0 || out->warm > 32)
			return err_set(err, ERR_INVALID, "%s: warm %s: want a number up to 32", where, value);
	} else if (strcmp(name, "hold") == 0)
		return add_words(a, err, where, value, out->hold, &out->hold_count);
	else if (strcmp(name, "rank") == 0 && value[0] >= '1' && value[0] <= '9' && value[1] == '\0')
		out->rank = value[0] - '0';
	else if (strcmp(name, "artifact") == 0)
		out->artifact = value;
	else if (strcmp(name, "install") == 0)
		return add_words(a, err, where, value, out->install, &out->install_count);
	else if (strcmp(name, "libraries") == 0)
		return set_libraries(a, err, where, value, out);
	else if (strcmp(name, "env") == 0) {
		if (out->env_count == LANGUAGE_WORDS_MAX || strchr(value, '=') == NULL)
			return err_set(err, ERR_INVALID, "%s: env %s: want NAME=value, at most %d times", where, value,
			    LANGUAGE_WORDS_MAX);
		out->env[out->env_count++] = value;
	} else if (strcmp(name, "packages") != 0 && strcmp(name, "version") != 0)
		return err_set(err, ERR_INVALID, "%s: there is no setting %s", where, name);
	return 0;
}

int
language_parse(struct arena *a, struct err *err, const char *where, const char *text, struct lang *out)
{
	char *save = NULL;

	for (char *line = strtok_r(arena_strdup(a, text), "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		size_t name = strcspn(line, " \t");
		char *value = line + name + strspn(line + name, " \t");
		if (*line == '#')
			continue;
		line[name] = '\0';
		if (set(a, err, where, line, value, out) < 0)
			return -1;
	}
	if (out->title == NULL || out->file == NULL || out->run_count == 0 || out->run[0][0] != '/' ||
	    (out->hold_count > 0 && out->hold[0][0] != '/') ||
	    (out->restricted_count > 0 && out->restricted[0][0] != '/'))
		return err_set(err, ERR_INVALID, "%s: title, file and run (an absolute path first) are needed", where);
	if ((out->artifact != NULL) != (out->compile != NULL) ||
	    (out->artifact != NULL && !message_path_ok(out->artifact, strlen(out->artifact))))
		return err_set(err, ERR_INVALID, "%s: artifact, a file below /w, and the script compile go together",
		    where);
	return 0;
}

/* All of a file, at most FILE_MAX - 1 bytes; NULL if there is none. */
static char *
read_file(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return NULL;
	char *text = arena_alloc(a, FILE_MAX);
	size_t len = fread(text, 1, FILE_MAX - 1, f);
	fclose(f);
	text[len] = '\0';
	return text;
}

static int
read_one(struct arena *a, struct err *err, const char *dir, const char *name, struct lang *out)
{
	const char *path = arena_printf(a, "%s/%s/language", dir, name), *text = read_file(a, path);
	const char *starter = read_file(a, arena_printf(a, "%s/%s/starter", dir, name));

	if (text == NULL)
		return err_set(err, ERR_INTERNAL, "%s: %s", path, strerror(errno));
	memset(out, 0, sizeof(*out));
	out->name = arena_strdup(a, name);
	out->rank = 9;
	out->compile = read_file(a, arena_printf(a, "%s/%s/compile", dir, name));
	out->starter = starter != NULL ? starter : "";
	return language_parse(a, err, path, text, out);
}

static int
is_name(const struct dirent *d)
{
	return d->d_name[0] >= 'a' && d->d_name[0] <= 'z' &&
	    d->d_name[strspn(d->d_name, "abcdefghijklmnopqrstuvwxyz0123456789")] == '\0';
}

/* The recipe in the line that begins with the language's name. */
static int
find_recipe(struct arena *a, struct err *err, const char *where, const char *recipes, struct lang *l)
{
	size_t n = strlen(l->name);

	for (const char *line = recipes; line != NULL && *line != '\0'; line = strchr(line, '\n'), line += line != NULL)
		if (strncmp(line, l->name, n) == 0 && line[n] == ' ')
			l->recipe = arena_strndup(a, line + n + 1, strcspn(line + n + 1, "\n"));
	if (l->recipe == NULL)
		return err_set(err, ERR_INVALID, "%s: %s is not in it: run make", where, l->name);
	return 0;
}

static int
by_rank(const void *a, const void *b)
{
	const struct lang *x = a, *y = b;

	return x->rank != y->rank ? x->rank - y->rank : strcmp(x->name, y->name);
}

int
languages_read(struct arena *a, struct err *err, const char *dir, const char *recipes,
    struct lang out[LANGUAGES_MAX])
{
	struct dirent **list;
	const char *known = read_file(a, recipes);
	int n = scandir(dir, &list, is_name, alphasort), count = 0, failed = 0;

	if (n < 0)
		return err_set(err, ERR_INTERNAL, "%s: %s", dir, strerror(errno));
	for (int i = 0; i < n; i++) {
		if (!failed && list[i]->d_type == DT_DIR) {
			if (count == LANGUAGES_MAX)
				failed = err_set(err, ERR_INVALID, "%s: more than %d languages", dir, LANGUAGES_MAX);
			else
				failed = read_one(a, err, dir, list[i]->d_name, &out[count]) < 0 ||
				    find_recipe(a, err, recipes, known, &out[count]) < 0;
			count++;
		}
		free(list[i]);
	}
	free(list);
	qsort(out, (size_t)count, sizeof(*out), by_rank);
	for (int i = 0; i < count; i++)
		out[i].number = (size_t)i;
	return failed ? -1 : count;
}

const struct lang *
language_named(const struct lang *table, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

/* Names are letters and digits. */
const char *
languages_ready(struct arena *a, const struct lang *table, size_t n)
{
	char *list = arena_strdup(a, "{");

	for (size_t i = 0; i < n; i++)
		if (table[i].image != NULL)
			list = arena_printf(a, "%s%s%s", list, list[1] != '\0' ? "," : "", table[i].name);
	return arena_printf(a, "%s}", list);
}
