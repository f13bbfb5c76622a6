/*
 * cmd.h - the yjs command: what its verbs share.
 */
#ifndef YJS_CMD_H
#define YJS_CMD_H

#include "yjs.h"

/* A file in memory: one update (raw), or many, each behind a u32le length. */
struct updates {
	struct buf file;
	struct bytes *v;
	size_t n;
};

/* These end the process with a line of reason on stderr where something is wrong. */
void read_file(const char *path, struct buf *out);
void write_file(const char *path, struct bytes content);
void read_updates(const char *path, bool raw, struct updates *out);
void updates_free(struct updates *u);
void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* The verbs; each takes what follows its name and returns the exit status. */
int cmd_validate(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_sv(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_apply(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_talk(int argc, char **argv);

#endif
