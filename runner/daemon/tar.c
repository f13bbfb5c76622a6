/*
 * tar.c - see tar.h.
 */
#include "tar.h"

#include <stdio.h>
#include <string.h>

#define BLOCK 512u

struct header {				/* as it lies in the archive: all of it characters */
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, linkname[100];
	char magic[8], uname[32], gname[32], devmajor[8], devminor[8], prefix[155], pad[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "a header is a block");

void
tar_open(struct tar *t, const uint8_t *data, size_t len)
{
	*t = (struct tar){ .at = data, .end = data + len };
}

static bool
refuse(struct tar *t, const char *why)
{
	t->bad = why;
	return false;
}

/* Octal digits, blanks before, a NUL or blank behind. */
static bool
octal(const char *field, size_t room, uint64_t *out)
{
	size_t i = 0;

	*out = 0;
	while (i < room && field[i] == ' ')
		i++;
	size_t first = i;
	for (; i < room && field[i] >= '0' && field[i] <= '7'; i++)
		*out = *out << 3 | (uint64_t)(field[i] - '0');
	return i > first && (i == room || field[i] == '\0' || field[i] == ' ');
}

/* The sum of all bytes, its own field taken as blanks. */
static bool
sum_is_right(const struct header *h)
{
	uint64_t want, sum = 8 * ' ';
	const uint8_t *p = (const uint8_t *)h;

	for (size_t i = 0; i < BLOCK; i++)
		if (i < offsetof(struct header, checksum) || i >= offsetof(struct header, type))
			sum += p[i];
	return octal(h->checksum, sizeof(h->checksum), &want) && want == sum;
}

static bool
is_zero(const struct header *h)
{
	static const struct header zero;

	return memcmp(h, &zero, BLOCK) == 0;
}

/* Takes the header and its data, if both are whole. */
static bool
take(struct tar *t, const struct header **h, const uint8_t **data, uint64_t *size)
{
	if ((size_t)(t->end - t->at) < BLOCK)
		return refuse(t, "it is cut off");
	*h = (const struct header *)(const void *)t->at;
	if (is_zero(*h))
		return false;
	if (!sum_is_right(*h) || !octal((*h)->size, sizeof((*h)->size), size))
		return refuse(t, "a header is damaged");
	t->at += BLOCK;
	*data = t->at;
	if (*size > (size_t)(t->end - t->at))
		return refuse(t, "it is cut off");
	size_t padded = ((size_t)*size + BLOCK - 1) / BLOCK * BLOCK;
	t->at = padded <= (size_t)(t->end - t->at) ? t->at + padded : t->end;
	return true;
}

/* "./a/b/" becomes "a/b"; false for what could lie elsewhere. */
static bool
clean(char path[TAR_PATH_MAX])
{
	char *to = path;

	if (path[0] == '/')
		return false;
	for (char *from = path, *rest = path; (from = strsep(&rest, "/")) != NULL;) {
		size_t n = strlen(from);
		if (n == 0 || strcmp(from, ".") == 0)
			continue;
		if (strcmp(from, "..") == 0 || n > 255)
			return false;
		if (to > path)
			*to++ = '/';
		memmove(to, from, n);
		to += n;
	}
	*to = '\0';
	return true;
}

/* The name of an entry that has none of type L before it: prefix and name, neither of which need end by a NUL. */
static void
short_name(const struct header *h, char path[TAR_PATH_MAX])
{
	bool ustar = memcmp(h->magic, "ustar\0" "00", 8) == 0;

	snprintf(path, TAR_PATH_MAX, "%.*s%s%.*s", ustar ? (int)sizeof(h->prefix) : 0, h->prefix,
	    ustar && h->prefix[0] != '\0' ? "/" : "", (int)sizeof(h->name), h->name);
}

static bool
long_name(struct tar *t, const uint8_t *data, uint64_t size, char path[TAR_PATH_MAX])
{
	size_t n = strnlen((const char *)data, (size_t)size);

	if (n == 0 || n >= TAR_PATH_MAX)
		return refuse(t, "a name is too long");
	memcpy(path, data, n);
	path[n] = '\0';
	return true;
}

bool
tar_next(struct tar *t, struct tar_entry *e)
{
	const struct header *h;
	uint64_t size, mode;
	bool named = false;

	memset(e, 0, sizeof(*e));
	while (t->bad == NULL && take(t, &h, &e->data, &size)) {
		if (h->type == 'L') {
			if (!long_name(t, e->data, size, e->path))
				return false;
			named = true;
			continue;
		}
		e->folder = h->type == '5';
		if (!e->folder && h->type != '0' && h->type != '\0')
			return refuse(t, "there is a link or a device in it");
		if (!named)
			short_name(h, e->path);
		if (!clean(e->path))
			return refuse(t, "a name leads out of it");
		if (!e->folder && e->path[0] == '\0')
			return refuse(t, "a file has no name");
		e->executable = octal(h->mode, sizeof(h->mode), &mode) && (mode & 0100) != 0;
		e->len = e->folder ? 0 : (size_t)size;
		return true;
	}
	return false;
}
