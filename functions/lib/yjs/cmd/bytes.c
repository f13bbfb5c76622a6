/*
 * bytes.c - the verbs that need no document.
 */
#include "cmd.h"

#include <stdio.h>
#include <string.h>

static bool
option(int *argc, char ***argv, const char *name)
{
	if (*argc == 0 || strcmp((*argv)[0], name) != 0)
		return false;
	--*argc;
	++*argv;
	return true;
}

int
cmd_validate(int argc, char **argv)
{
	bool raw = option(&argc, &argv, "--raw");
	int status = 0;

	for (int i = 0; i < argc; i++) {
		struct updates u;
		read_updates(argv[i], raw, &u);
		for (size_t k = 0; k < u.n; k++) {
			struct err e = { 0 };
			if (yjs_validate(u.v[k], &yjs_limits_all, NULL, &e) == 0)
				continue;
			printf("%s: update %zu: %s\n", argv[i], k, e.detail);
			status = 1;
		}
		updates_free(&u);
	}
	return status;
}

static int
failed(const struct err *e)
{
	fprintf(stderr, "yjs: %s\n", e->detail);
	return 1;
}

/* What was made, to the file; or why it was not. */
static int
write_out(int made, const struct err *e, const char *path, struct buf *out)
{
	if (made == 0)
		write_file(path, buf_bytes(out));
	buf_free(out);
	return made == 0 ? 0 : failed(e);
}

int
cmd_merge(int argc, char **argv)
{
	bool raw = option(&argc, &argv, "--raw");
	struct updates files[64];
	struct buf all = { 0 }, out = { 0 };
	struct err e = { 0 };

	if (argc < 2 || argc > 65)
		die("merge: wants 1 to 64 files and where to write");
	for (int i = 0; i < argc - 1; i++) {
		read_updates(argv[i], raw, &files[i]);
		buf_add(&all, files[i].v, files[i].n * sizeof(struct bytes));
	}
	int r = yjs_merge(&out, (const struct bytes *)(void *)all.data, all.len / sizeof(struct bytes),
	    &yjs_limits_all, &e);
	for (int i = 0; i < argc - 1; i++)
		updates_free(&files[i]);
	buf_free(&all);
	return write_out(r, &e, argv[argc - 1], &out);
}

int
cmd_diff(int argc, char **argv)
{
	struct buf update = { 0 }, sv = { 0 }, out = { 0 };
	struct err e = { 0 };

	if (argc != 3)
		die("diff: wants an update, a state vector and where to write");
	read_file(argv[0], &update);
	read_file(argv[1], &sv);
	int r = yjs_diff(&out, buf_bytes(&update), buf_bytes(&sv), &yjs_limits_all, &e);
	buf_free(&update);
	buf_free(&sv);
	return write_out(r, &e, argv[2], &out);
}

int
cmd_sv(int argc, char **argv)
{
	struct buf update = { 0 }, out = { 0 };
	struct err e = { 0 };

	if (argc != 2)
		die("sv: wants an update and where to write");
	read_file(argv[0], &update);
	int r = yjs_update_sv(&out, buf_bytes(&update), &yjs_limits_all, &e);
	buf_free(&update);
	return write_out(r, &e, argv[1], &out);
}

int
cmd_show(int argc, char **argv)
{
	struct buf update = { 0 }, out = { 0 };
	struct err e = { 0 };

	if (argc != 1)
		die("show: wants an update");
	read_file(argv[0], &update);
	int r = yjs_show(&out, buf_bytes(&update), &e);
	buf_free(&update);
	return write_out(r, &e, "-", &out);
}
