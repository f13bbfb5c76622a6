/*
 * cache.c - see cache.h.
 *
 * An entry's file: a head (the word VIVAC1, the length of what was said, that of the program, SHA-256 over the key and
 * both), then both. Its name is its key, its time of change that of its last use. It is written beside and renamed.
 */
#include "cache.h"

#include "digest.h"
#include "id.h"
#include "log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SAID_MAX (1u << 20)
#define ENTRIES_MAX 4096
#define STALE_S 600			/* a file that was being written so long ago never will be */

struct head {
	char magic[8];
	uint32_t said, artifact;
	char sum[DIGEST_LEN];
};

static const char magic[8] = "VIVAC1";

static void
sum_of(const char *key, const struct cache_entry *e, char out[DIGEST_LEN])
{
	struct arena *a = arena_new(1024);
	const char *all = arena_printf(a, "%s %s %s", key, digest_sha256(a, e->said), digest_sha256(a, e->artifact));

	memcpy(out, digest_sha256(a, bytes_of(all)), DIGEST_LEN);
	arena_free(a);
}

bool
cache_parse(const uint8_t *data, size_t len, const char *key, struct cache_entry *out)
{
	struct head h;
	char sum[DIGEST_LEN];

	if (len < sizeof(h) || strlen(key) != CACHE_KEY)
		return false;
	memcpy(&h, data, sizeof(h));
	if (memcmp(h.magic, magic, sizeof(magic)) != 0 || h.said > SAID_MAX || h.artifact > CACHE_ARTIFACT_MAX ||
	    len != sizeof(h) + h.said + h.artifact)
		return false;
	out->said = (struct bytes){ data + sizeof(h), h.said };
	out->artifact = (struct bytes){ data + sizeof(h) + h.said, h.artifact };
	sum_of(key, out, sum);
	return memcmp(sum, h.sum, sizeof(sum)) == 0;
}

static bool
write_all(int fd, const void *data, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = write(fd, (const uint8_t *)data + done, len - done);
		if (n < 0 && errno != EINTR)
			return false;
		done += n > 0 ? (size_t)n : 0;
	}
	return true;
}

static int
memfd_of(struct bytes b)
{
	int fd = memfd_create("artifact", MFD_CLOEXEC);

	if (fd >= 0 && !write_all(fd, b.data, b.len)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

int
cache_get(const char *dir, const char *key, struct buf *said)
{
	char path[512];
	struct stat st;
	struct cache_entry e;
	int artifact = -1;

	snprintf(path, sizeof(path), "%s/%s", dir, key);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -1;
	void *data = fstat(fd, &st) == 0 && st.st_size > 0 ?
	    mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0) : MAP_FAILED;
	if (data != MAP_FAILED && cache_parse(data, (size_t)st.st_size, key, &e)) {
		buf_add(said, e.said.data, e.said.len);
		artifact = memfd_of(e.artifact);
		futimens(fd, NULL);
	} else {
		log_warn("compiled before, but spoilt: %s is made again", key);
		unlink(path);
	}
	if (data != MAP_FAILED)
		munmap(data, (size_t)st.st_size);
	close(fd);
	return artifact;
}

struct file {
	char name[CACHE_KEY + 16];
	int64_t used, size;
};

static int
by_use(const void *a, const void *b)
{
	const struct file *x = a, *y = b;

	return (x->used > y->used) - (x->used < y->used);
}

/* The folder's files, at most so many; those that were never finished are removed. */
static size_t
list(int dir, DIR *d, struct file *out)
{
	struct stat st;
	size_t n = 0;

	for (struct dirent *e; n < ENTRIES_MAX && (e = readdir(d)) != NULL;) {
		if (strlen(e->d_name) >= sizeof(out->name) || fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		if (e->d_name[0] == '.' && time(NULL) - st.st_mtime > STALE_S)
			unlinkat(dir, e->d_name, 0);
		if (e->d_name[0] == '.')
			continue;
		out[n] = (struct file){ .used = st.st_mtime, .size = st.st_size };
		memcpy(out[n++].name, e->d_name, strlen(e->d_name) + 1);
	}
	return n;
}

static void
trim(const char *path)
{
	DIR *d = opendir(path);
	struct file *files = calloc(ENTRIES_MAX, sizeof(*files));
	int64_t total = 0;

	if (d != NULL && files != NULL) {
		size_t n = list(dirfd(d), d, files);
		for (size_t i = 0; i < n; i++)
			total += files[i].size;
		qsort(files, n, sizeof(*files), by_use);
		for (size_t i = 0; i < n && (total > CACHE_BYTES || n - i >= ENTRIES_MAX); i++) {
			unlinkat(dirfd(d), files[i].name, 0);
			total -= files[i].size;
		}
	}
	free(files);
	if (d != NULL)
		closedir(d);
}

void
cache_put(const char *dir, const char *key, const struct cache_entry *e)
{
	char id[ID_LEN + 1], new[512], path[512];
	struct head h = { .said = (uint32_t)e->said.len, .artifact = (uint32_t)e->artifact.len };

	if (e->said.len > SAID_MAX || e->artifact.len > CACHE_ARTIFACT_MAX)
		return;
	id_new(id);
	memcpy(h.magic, magic, sizeof(magic));
	sum_of(key, e, h.sum);
	snprintf(new, sizeof(new), "%s/.%s", dir, id);
	snprintf(path, sizeof(path), "%s/%s", dir, key);
	int fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool good = fd >= 0 && write_all(fd, &h, sizeof(h)) && write_all(fd, e->said.data, e->said.len) &&
	    write_all(fd, e->artifact.data, e->artifact.len);
	if (fd >= 0)
		close(fd);
	if (!good || rename(new, path) < 0) {
		log_warn("what was compiled cannot be kept: %s: %s", new, strerror(errno));
		unlink(new);
	}
	trim(dir);
}
