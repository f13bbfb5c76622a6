/*
 * replay.c - feeds files to a fuzz target without libFuzzer.
 *
 * Linked with a target by gcc under ASan and UBSan: what fuzzing has kept (corpus) and what once crashed
 * (regression) is replayed as an ordinary test. Each file is also cut short at every power of two, since a
 * reader that trusts a length is found most cheaply by taking away the end. Prints how many inputs it fed.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static unsigned long fed;

static void
die(const char *path)
{
	fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
	exit(2);
}

/* In a block of exactly its size, so that ASan sees the first byte too far. */
static void
feed(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	if (copy == NULL)
		die("malloc");
	if (len > 0)
		memcpy(copy, data, len);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
	fed++;
}

static void
feed_file(const char *path, size_t size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = malloc(size > 0 ? size : 1);

	if (f == NULL || data == NULL || fread(data, 1, size, f) != size)
		die(path);
	fclose(f);
	feed(data, size);
	for (size_t cut = 1; cut < size; cut *= 2) {
		feed(data, cut);
		feed(data, size - cut);
	}
	free(data);
}

static void
feed_path(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		die(path);
	if (!S_ISDIR(st.st_mode)) {
		feed_file(path, (size_t)st.st_size);
		return;
	}
	DIR *dir = opendir(path);
	if (dir == NULL)
		die(path);
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		char name[4096];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		feed_path(name);
	}
	closedir(dir);
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		feed_path(argv[i]);
	printf("%lu\n", fed);
	return 0;
}
