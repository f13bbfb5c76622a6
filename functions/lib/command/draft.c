/*
 * draft.c - see draft.h.
 *
 * The skeleton is a function called `skeleton`, in the languages that functions are written in; another function is the
 * same with its own name wherever that stands.
 */
#include "draft.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SKELETON "functions/lib/command/skeleton/"

int
draft_read(const char *path, struct buf *out)
{
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (fd < 0)
		return -1;
	while ((n = read(fd, buf_reserve(out, 65536), 65536)) > 0)
		out->len += (size_t)n;
	int why = errno;
	close(fd);
	errno = why;
	return (int)n;
}

/* The text with the name for each `skeleton`, and with a capital for each `Skeleton`. */
static void
rename_to(const char *name, const char *text, struct buf *out)
{
	for (const char *at; (at = strcasestr(text, "skeleton")) != NULL; text = at + strlen("skeleton")) {
		buf_add(out, text, (size_t)(at - text));
		buf_byte(out, (uint8_t)(isupper((unsigned char)*at) ? toupper((unsigned char)*name) : *name));
		buf_str(out, name + 1);
	}
	buf_str(out, text);
}

int
draft_skeleton(const char *file, const char *name, struct buf *out)
{
	struct buf text = { 0 };
	char path[128];

	snprintf(path, sizeof(path), SKELETON "%s", file);
	int failed = draft_read(path, &text);
	if (failed == 0)
		rename_to(name, buf_cstr(&text), out);
	buf_free(&text);
	return failed;
}

int
draft_insert(struct buf *text, const char *anchor, bool behind, struct buf *what)
{
	struct buf made = { 0 };
	const char *all = buf_cstr(text), *at = strstr(all, anchor);

	if (at == NULL || strstr(at + 1, anchor) != NULL)
		return -1;
	if (behind)
		at += strlen(anchor);
	buf_add(&made, all, (size_t)(at - all));
	buf_str(&made, buf_cstr(what));
	buf_str(&made, at);
	buf_free(text);
	*text = made;
	return 0;
}

static int
put(int fd, const struct buf *text)
{
	size_t done = 0;

	for (ssize_t n = 0; n >= 0 && done<text->len; done += n> 0 ? (size_t)n : 0)
		n = write(fd, text->data + done, text->len - done);
	return close(fd) < 0 || done < text->len ? -1 : 0;
}

int
draft_create(const char *path, const struct buf *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	return fd < 0 ? -1 : put(fd, text);
}

int
draft_replace(const char *path, const struct buf *text)
{
	char beside[160];
	struct stat as;

	snprintf(beside, sizeof(beside), "%s.new", path);
	if (stat(path, &as) < 0 || draft_create(beside, text) < 0)
		return -1;
	if (chmod(beside, as.st_mode & 07777) == 0 && rename(beside, path) == 0)
		return 0;
	unlink(beside);
	return -1;
}
