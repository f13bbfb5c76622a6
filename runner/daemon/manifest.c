/*
 * manifest.c - see manifest.h.
 *
 * Names and versions end up as words for pip and npm. Both sets of characters are spelled out here, so none can
 * begin with a dash, be an address, a path or a range.
 */
#include "manifest.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

bool
manifest_kind(const char *path, enum manifest_kind *kind)
{
	if (strcmp(path, "requirements.txt") == 0)
		*kind = MANIFEST_PYTHON;
	else if (strcmp(path, "package.json") == 0)
		*kind = MANIFEST_NODE;
	else
		return false;
	return true;
}

static bool
made_of(const char *s, const char *chars, size_t most)
{
	size_t n = strspn(s, chars);

	return n > 0 && n <= most && s[n] == '\0';
}

/* PEP 508: letters, digits, and inside also dot, dash and underline. */
static bool
python_name_ok(const char *s)
{
	size_t n = strlen(s);

	return made_of(s, LOWER UPPER DIGITS "._-", MANIFEST_NAME_MAX) && isalnum((unsigned char)s[0]) &&
	    isalnum((unsigned char)s[n - 1]);
}

/* PEP 440 begins with a digit (a v before it is tolerated by PyPI, not by us). */
static bool
python_version_ok(const char *s)
{
	return isdigit((unsigned char)s[0]) && made_of(s, LOWER UPPER DIGITS ".!+-_", MANIFEST_VERSION_MAX);
}

/* name or @scope/name, each part not beginning with a dot, a dash or an underline. */
static bool
node_name_ok(const char *s)
{
	static const char chars[] = LOWER DIGITS "._~-";
	const char *slash = strchr(s, '/');
	const char *name = s;

	if (strlen(s) > MANIFEST_NAME_MAX)
		return false;
	if (s[0] == '@') {
		if (slash == NULL || s[1] == '.' || s[1] == '-' || strspn(s + 1, chars) != (size_t)(slash - s - 1) ||
		    slash == s + 1)
			return false;
		name = slash + 1;
	}
	return strchr("._-", name[0]) == NULL && made_of(name, chars, MANIFEST_NAME_MAX);
}

/* Three numbers; a pre-release and a build may follow. */
static bool
node_version_ok(const char *s)
{
	const char *p = s;

	for (int i = 0; i < 3; i++) {
		size_t n = strspn(p, DIGITS);
		if (n == 0 || n > 15 || (i < 2 && p[n] != '.'))
			return false;
		p += n + (i < 2);
	}
	return strlen(s) <= MANIFEST_VERSION_MAX &&
	    (*p == '\0' || ((*p == '-' || *p == '+') && made_of(p, LOWER UPPER DIGITS "-+.", MANIFEST_VERSION_MAX)));
}

static int
add(struct err *err, const char *name, const char *version, struct manifest *m)
{
	size_t at = 0;

	while (at < m->count && strcmp(m->list[at].name, name) < 0)
		at++;
	if (at < m->count && strcmp(m->list[at].name, name) == 0)
		return err_set(err, ERR_INVALID, "%.100s is asked for twice", name);
	if (m->count == MANIFEST_LIBRARIES_MAX)
		return err_set(err, ERR_INVALID, "more than %d libraries", MANIFEST_LIBRARIES_MAX);
	memmove(&m->list[at + 1], &m->list[at], (m->count - at) * sizeof(m->list[0]));
	m->list[at] = (struct library){ name, version };
	m->count++;
	return 0;
}

/* PEP 503: small letters, and a run of dots, dashes and underlines is one dash. */
static void
normalise(char *name)
{
	char *to = name;

	for (const char *from = name; *from != '\0'; from++) {
		bool dash = strchr("._-", *from) != NULL;
		if (dash && to > name && to[-1] == '-')
			continue;
		*to++ = dash ? '-' : (char)tolower((unsigned char)*from);
	}
	*to = '\0';
}

/* Without the blanks around it. */
static char *
trim(char *s)
{
	s += strspn(s, " \t\r");
	for (size_t n = strlen(s); n > 0 && strchr(" \t\r", s[n - 1]) != NULL; n--)
		s[n - 1] = '\0';
	return s;
}

static int
python_line(struct err *err, char *line, int number, struct manifest *m)
{
	line[strcspn(line, "#")] = '\0';
	line = trim(line);
	if (*line == '\0')
		return 0;
	char *equals = strstr(line, "==");
	if (equals == NULL)
		return err_set(err, ERR_INVALID,
		    "requirements.txt, line %d: want name==version, not %.80s", number, line);
	*equals = '\0';
	char *name = trim(line), *version = trim(equals + 2);
	if (!python_name_ok(name))
		return err_set(err, ERR_INVALID,
		    "requirements.txt, line %d: %.80s is not the name of a library", number, name);
	if (!python_version_ok(version))
		return err_set(err, ERR_INVALID, "requirements.txt, line %d: %.80s is not one exact version", number,
		    version);
	normalise(name);
	return add(err, name, version, m);
}

static int
python_parse(struct arena *a, struct err *err, const char *text, struct manifest *m)
{
	char *rest = arena_strdup(a, text);

	for (int number = 1; rest != NULL; number++) {
		char *line = strsep(&rest, "\n");
		if (python_line(err, line, number, m) < 0)
			return -1;
	}
	return 0;
}

static int
node_list(struct arena *a, struct err *err, json_t *wanted, struct manifest *m)
{
	const char *name;
	json_t *value;

	json_object_foreach(wanted, name, value)
	{
		const char *version = json_string_value(value);
		if (!node_name_ok(name))
			return err_set(err, ERR_INVALID, "package.json: %.80s is not the name of a library", name);
		if (version == NULL || !node_version_ok(version))
			return err_set(err, ERR_INVALID,
			    "package.json: %.80s wants one exact version such as \"1.2.3\", not %.60s", name,
			    version != NULL ? version : "this");
		if (add(err, arena_strdup(a, name), arena_strdup(a, version), m) < 0)
			return -1;
	}
	return 0;
}

static int
node_parse(struct arena *a, struct err *err, const char *text, struct manifest *m)
{
	json_error_t where;
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &where);
	json_t *wanted = json_object_get(root, "dependencies");
	int r = 0;

	if (root == NULL)
		r = err_set(err, ERR_INVALID, "package.json, line %d: %.100s", where.line, where.text);
	else if (!json_is_object(root) || (wanted != NULL && !json_is_object(wanted)))
		r = err_set(err, ERR_INVALID, "package.json: want an object, and in it `dependencies`, an object too");
	else if (wanted != NULL)
		r = node_list(a, err, wanted, m);
	json_decref(root);
	return r;
}

int
manifest_parse(struct arena *a, struct err *err, enum manifest_kind kind, const char *text, struct manifest *out)
{
	memset(out, 0, sizeof(*out));
	out->kind = kind;
	return kind == MANIFEST_PYTHON ? python_parse(a, err, text, out) : node_parse(a, err, text, out);
}

static const char *
python_text(struct arena *a, const struct manifest *m)
{
	const char *text = "";

	for (size_t i = 0; i < m->count; i++)
		text = arena_printf(a, "%s%s==%s\n", text, m->list[i].name, m->list[i].version);
	return text;
}

/* No name or version that was let through needs escaping in JSON. */
static const char *
node_text(struct arena *a, const struct manifest *m)
{
	const char *text = "{\"private\":true,\"dependencies\":{";

	for (size_t i = 0; i < m->count; i++)
		text = arena_printf(a, "%s%s\"%s\":\"%s\"", text, i > 0 ? "," : "", m->list[i].name,
		    m->list[i].version);
	return arena_printf(a, "%s}}\n", text);
}

const char *
manifest_text(struct arena *a, const struct manifest *m)
{
	return m->kind == MANIFEST_PYTHON ? python_text(a, m) : node_text(a, m);
}
