/*
 * runner_tar.c - an archive from a sandbox. What is let through lies below its folder and inside the archive.
 *
 * Each input is read twice: as it is, and with every block's checksum made right, since chance finds none.
 */
#include "../../runner/daemon/tar.c"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile uint8_t read_byte;

static void
check_path(const char *path)
{
	char copy[TAR_PATH_MAX], *rest = copy;

	memcpy(copy, path, strlen(path) + 1);
	for (char *part; (part = strsep(&rest, "/")) != NULL;)
		if (part[0] == '\0' || strcmp(part, ".") == 0 || strcmp(part, "..") == 0)
			abort();
}

static void
read_all(const uint8_t *data, size_t size)
{
	struct tar_entry e;
	struct tar t;
	size_t entries = 0;

	tar_open(&t, data, size);
	while (tar_next(&t, &e)) {
		if (e.path[0] != '\0')
			check_path(e.path);
		for (size_t i = 0; i < e.len; i++)
			read_byte = e.data[i];	/* for ASan: all of it can be read */
		if (++entries > size / BLOCK || (e.folder && e.len > 0))
			abort();
	}
}

static void
make_sums_right(uint8_t *data, size_t size)
{
	for (size_t at = 0; at + BLOCK <= size; at += BLOCK) {
		unsigned sum = 0;
		memset(data + at + offsetof(struct header, checksum), ' ', 8);
		for (size_t i = 0; i < BLOCK; i++)
			sum += data[at + i];
		snprintf((char *)data + at + offsetof(struct header, checksum), 8, "%06o", sum);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1);

	read_all(data, size);
	memcpy(copy, data, size);
	make_sums_right(copy, size);
	read_all(copy, size);
	free(copy);
	return 0;
}
