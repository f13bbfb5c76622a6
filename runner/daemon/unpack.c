/*
 * unpack.c - see unpack.h.
 *
 * The folder is new and only we write in it, and tar.c lets neither a link nor a ".." through: so a path below it stays
 * below it. Still every file is created with O_EXCL and O_NOFOLLOW. The files are not given to the disk one by one
 * (a library has thousands): one syncfs() when all are there.
 */
#include "unpack.h"

#include "tar.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static int
failed(struct err *err, const char *what)
{
	return err_set(err, ERR_INTERNAL, "%.200s: %s", what, strerror(errno));
}

/* The folders in front of a name, as far as they are missing. */
static int
make_parents(int root, char *path, struct err *err)
{
	for (char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		int r = mkdirat(root, path, 0755);
		*slash = '/';
		if (r < 0 && errno != EEXIST)
			return failed(err, path);
	}
	return 0;
}

static int
write_all(int fd, const uint8_t *data, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = write(fd, data + done, len - done);
		if (n < 0 && errno != EINTR)
			return -1;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int
make_file(int root, const struct tar_entry *e, struct err *err)
{
	int fd = openat(root, e->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    e->executable ? 0755 : 0644);

	if (fd < 0 && (errno == EEXIST || errno == ENOTDIR))
		return err_set(err, ERR_INVALID, "%.100s is in it twice", e->path);
	if (fd < 0)
		return failed(err, e->path);
	int r = write_all(fd, e->data, e->len) < 0 ? failed(err, e->path) : 0;
	close(fd);
	return r;
}

static int
make_entry(int root, struct tar_entry *e, struct err *err)
{
	if (e->path[0] == '\0')
		return 0;
	if (make_parents(root, e->path, err) < 0)
		return -1;
	if (!e->folder)
		return make_file(root, e, err);
	return mkdirat(root, e->path, 0755) < 0 && errno != EEXIST ? failed(err, e->path) : 0;
}

static int
make_all(struct tar *t, int root, int64_t most, struct err *err)
{
	struct tar_entry e;
	int64_t bytes = 0;

	for (int n = 0; tar_next(t, &e); n++) {
		bytes += (int64_t)e.len;
		if (n == UNPACK_FILES_MAX || bytes > most)
			return err_set(err, ERR_INVALID, "more than %d files, or %lld MiB", UNPACK_FILES_MAX,
			    (long long)(most >> 20));
		if (make_entry(root, &e, err) < 0)
			return -1;
	}
	return t->bad != NULL ? err_set(err, ERR_INVALID, "%s", t->bad) : 0;
}

static int
unpack_into(int fd, int root, int64_t most, struct err *err)
{
	struct stat st;
	struct tar t;
	int r;

	if (fstat(fd, &st) < 0)
		return failed(err, "archive");
	if (st.st_size == 0)
		return err_set(err, ERR_INVALID, "there is nothing in it");
	uint8_t *data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return failed(err, "archive");
	tar_open(&t, data, (size_t)st.st_size);
	r = make_all(&t, root, most, err);
	munmap(data, (size_t)st.st_size);
	return r == 0 && syncfs(root) < 0 ? failed(err, "disk") : r;
}

int
unpack(int fd, int dir, const char *name, int64_t most, struct err *err)
{
	if (mkdirat(dir, name, 0755) < 0)
		return failed(err, name);
	int root = openat(dir, name, FOLDER);
	if (root < 0)
		return failed(err, name);
	int r = unpack_into(fd, root, most, err);
	close(root);
	return r;
}

/* Depth first; what tar.c lets through is at most TAR_PATH_MAX / 2 folders deep. */
static int
empty(int folder)
{
	int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *e;
	int r = d == NULL ? -1 : 0;

	while (r == 0 && (e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (unlinkat(folder, e->d_name, 0) == 0)
			continue;
		int below = errno == EISDIR ? openat(folder, e->d_name, FOLDER) : -1;
		r = below < 0 ? -1 : empty(below);
		if (below >= 0)
			close(below);
		if (r == 0)
			r = unlinkat(folder, e->d_name, AT_REMOVEDIR);
	}
	if (d != NULL)
		closedir(d);
	return r;
}

int
unpack_remove(int dir, const char *name, struct err *err)
{
	int folder = openat(dir, name, FOLDER);

	if (folder < 0)
		return errno == ENOENT ? 0 : failed(err, name);
	int r = empty(folder);
	close(folder);
	return r < 0 || unlinkat(dir, name, AT_REMOVEDIR) < 0 ? failed(err, name) : 0;
}
