/*
 * run_files.c - see run_files.h.
 */
#include "run_files.h"

void
run_files_encode(struct buf *out, const struct run_file *files, size_t n)
{
	buf_byte(out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_byte(out, ',');
		run_file_encode(out, &files[i]);
	}
	buf_byte(out, ']');
}
