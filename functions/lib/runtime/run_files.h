/*
 * run_files.h - the files of a program as the database keeps them: a JSON array of {path, content}.
 */
#ifndef RUNTIME_RUN_FILES_H
#define RUNTIME_RUN_FILES_H

#include "api_types.h"
#include "buf.h"

#include <stddef.h>

/* Appends the array. */
void run_files_encode(struct buf *out, const struct run_file *files, size_t n);

#endif
