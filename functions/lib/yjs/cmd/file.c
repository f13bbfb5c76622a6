/*
 * file.c - files of updates.
 */
#include "cmd.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("yjs: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(2);
}

void
read_file(const char *path, struct buf *out)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	size_t n;

	if (f == NULL)
		die("%s: %s", path, strerror(errno));
	while ((n = fread(buf_reserve(out, 1 << 16), 1, 1 << 16, f)) > 0)
		out->len += n;
	if (ferror(f))
		die("%s: %s", path, strerror(errno));
	if (f != stdin)
		fclose(f);
}

void
write_file(const char *path, struct bytes content)
{
	FILE *f = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");

	if (f == NULL)
		die("%s: %s", path, strerror(errno));
	if (content.len > 0 && fwrite(content.data, 1, content.len, f) != content.len)
		die("%s: %s", path, strerror(errno));
	if ((f == stdout ? fflush(f) : fclose(f)) != 0)
		die("%s: %s", path, strerror(errno));
}

static void
split_records(const char *path, struct updates *u)
{
	size_t at = 0, cap = 0;

	while (at < u->file.len) {
		const uint8_t *p = u->file.data + at;
		size_t left = u->file.len - at;
		size_t len = left < 4 ? SIZE_MAX
		    : (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
		if (left < 4 || len > left - 4)
			die("%s: record %zu goes beyond the end of the file (one update? then --raw)", path,
			    u->n);
		if (u->n == cap) {
			cap = cap == 0 ? 1024 : cap * 2;
			u->v = realloc(u->v, cap * sizeof(*u->v));
			if (u->v == NULL)
				abort();
		}
		u->v[u->n++] = (struct bytes){ p + 4, len };
		at += 4 + len;
	}
}

void
read_updates(const char *path, bool raw, struct updates *out)
{
	*out = (struct updates){ 0 };
	read_file(path, &out->file);
	if (!raw) {
		split_records(path, out);
		return;
	}
	out->v = calloc(1, sizeof(*out->v));
	if (out->v == NULL)
		abort();
	out->v[out->n++] = buf_bytes(&out->file);
}

void
updates_free(struct updates *u)
{
	buf_free(&u->file);
	free(u->v);
	*u = (struct updates){ 0 };
}
