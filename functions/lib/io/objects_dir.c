/*
 * objects_dir.c - objects as files below a directory.
 *
 * A file is written under a name that no key can have (it begins with a dot), brought to the disk, and then renamed:
 * who reads finds the old bytes or the new ones. The folder is brought to the disk after it, or a power cut would
 * forget the name. Files are 0640 and folders 2770: the directory's group reads what any of our programs wrote.
 */
#include "id.h"
#include "objects_store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct dir {
	char *path;
};

/* Without its directory (a disk that is not mounted) nothing is known of any object. */
static int
fail(const struct dir *d, struct err *err, const char *what, const char *key)
{
	int why = errno;
	enum err_kind kind = why == ENOENT && access(d->path, F_OK) == 0 ? ERR_NOT_FOUND : ERR_BUSY;

	errno = why;
	return err_set(err, kind, "objects: %s %s: %s", what, key, strerror(errno));
}

void *
objects_dir_open(struct err *err, const char *where)
{
	struct dir *d;

	if (where[0] != '/' || strlen(where) > PATH_MAX / 2) {
		err_set(err, ERR_INTERNAL, "VIVA_OBJECTS=%s: neither a directory by its whole path nor s3://bucket",
		    where);
		return NULL;
	}
	if ((d = calloc(1, sizeof(*d))) == NULL || (d->path = strdup(where)) == NULL)
		abort();
	return d;
}

static void
dir_close(void *store)
{
	struct dir *d = store;

	free(d->path);
	free(d);
}

static void
path_of(const struct dir *d, const char *key, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s", d->path, key);
}

/* The folder that the file is in; to be closed. -1 with errno set. */
static int
open_folder(char path[PATH_MAX], char **name)
{
	*name = strrchr(path, '/');
	*(*name)++ = '\0';
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool
make_folder(char *path)
{
	return (mkdir(path, 02770) == 0 && chmod(path, 02770) == 0) || errno == EEXIST;
}

/* Every folder between the store and the file. */
static int
make_folders(const struct dir *d, char path[PATH_MAX])
{
	for (char *p = path + strlen(d->path) + 1; (p = strchr(p, '/')) != NULL; p++) {
		*p = '\0';
		bool made = make_folder(path);
		*p = '/';
		if (!made)
			return -1;
	}
	return 0;
}

static int
write_all(int fd, struct bytes data)
{
	for (size_t done = 0; done < data.len;) {
		ssize_t n = write(fd, data.data + done, data.len - done);
		if (n < 0 && errno != EINTR)
			return -1;
		done += n > 0 ? (size_t)n : 0;
	}
	return fchmod(fd, 0640) < 0 || fsync(fd) < 0 ? -1 : 0;
}

static int
write_file(int folder, const char *name, struct bytes data)
{
	char part[ID_LEN + 2] = ".";

	id_new(part + 1);
	int fd = openat(folder, part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	int r = write_all(fd, data);
	int why = errno;
	if (close(fd) < 0 && r == 0) {
		r = -1;
		why = errno;
	}
	if (r == 0 && renameat(folder, part, folder, name) == 0)
		return fsync(folder);
	if (r == 0)
		why = errno;
	unlinkat(folder, part, 0);
	errno = why;
	return -1;
}

/* A folder may be removed, as it was empty, between being made and being used: then it is made again. */
static int
dir_put(void *store, struct err *err, const char *key, struct bytes data)
{
	char path[PATH_MAX], *name;
	int r = -1;

	for (int i = 0; i < 5; i++) {
		path_of(store, key, path);
		if (make_folders(store, path) < 0)
			break;
		int folder = open_folder(path, &name);
		r = folder < 0 ? -1 : write_file(folder, name, data);
		if (folder >= 0) {
			int why = errno;
			close(folder);
			errno = why;
		}
		if (r == 0 || errno != ENOENT)
			break;
	}
	return r == 0 ? 0 : err_set(err, ERR_BUSY, "objects: put %s: %s", key, strerror(errno));
}

static int
dir_get(void *store, struct arena *a, struct err *err, const char *key, int64_t from, size_t len, struct bytes *out)
{
	char path[PATH_MAX];
	struct stat st;

	path_of(store, key, path);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || fstat(fd, &st) < 0)
		return fail(store, err, "get", key);
	int64_t left = st.st_size > from ? st.st_size - from : 0;
	if ((int64_t)len > left)
		len = (size_t)left;
	uint8_t *data = arena_alloc(a, len + 1);
	size_t done = 0;
	for (ssize_t n = 1; done < len && n > 0; done += n > 0 ? (size_t)n : 0)
		n = pread(fd, data + done, len - done, from + (int64_t)done);
	close(fd);
	if (done < len)
		return err_set(err, ERR_BUSY, "objects: get %s: it cannot be read", key);
	data[len] = '\0';
	*out = (struct bytes){ data, len };
	return 0;
}

/* With the last file of a folder the folder goes, too. */
static int
dir_delete(void *store, struct err *err, const char *key)
{
	const struct dir *d = store;
	char path[PATH_MAX];

	path_of(d, key, path);
	if (unlink(path) < 0 && errno != ENOENT && errno != ENOTDIR)
		return fail(d, err, "delete", key);
	for (char *end; (end = strrchr(path, '/')) != NULL && end > path + strlen(d->path);) {
		*end = '\0';
		if (rmdir(path) < 0)
			break;
	}
	return 0;
}

static int
dir_exists(void *store, struct err *err, const char *key)
{
	const struct dir *d = store;
	char path[PATH_MAX];
	struct stat st;

	path_of(d, key, path);
	if (stat(path, &st) == 0)
		return S_ISREG(st.st_mode);
	if (errno == ENOTDIR || (errno == ENOENT && access(d->path, F_OK) == 0))
		return 0;
	return fail(d, err, "look at", key);
}

const struct objects_kind objects_dir = { dir_put, dir_get, dir_delete, dir_exists, dir_close };
