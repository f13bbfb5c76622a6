/*
 * runner_message.c - bytes on the socket between the runner and an init, to a job, an ending, a frame's head.
 *
 * The input is a body, in memory of exactly its size. A job that is taken holds only what may run: a user that is
 * not root, an absolute program, paths that stay inside; and written again it is the same bytes.
 */
#include "../../runner/init/message.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_path(const char *path)
{
	if (path[0] == '/' || path[0] == '\0' || strncmp(path, "../", 3) == 0 || strstr(path, "/../") != NULL ||
	    strlen(path) > 255)
		abort();
}

static void
check(const struct program *p)
{
	if (p->uid == 0 || p->argc == 0 || p->argc > PROGRAM_WORDS_MAX || p->envc > PROGRAM_WORDS_MAX ||
	    p->filec > PROGRAM_FILES_MAX || p->argv[0].data[0] != '/')
		abort();
	if ((p->flags & ~PROGRAM_FLAGS) != 0 || message_program_fds(p->flags) > MESSAGE_FDS)
		abort();
	if (p->flags & PROGRAM_ARTIFACT)
		check_path(p->artifact.data);
	else if (p->artifact.len != 0)
		abort();
	for (uint32_t i = 0; i < p->argc; i++)
		if (strlen(p->argv[i].data) != p->argv[i].len)
			abort();
	for (uint32_t i = 0; i < p->filec; i++)
		check_path(p->files[i].path.data);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct program p;
	struct ending e;
	enum message_kind kind;
	uint32_t body;
	size_t len;

	if (message_program(data, size, &p)) {
		check(&p);
		uint8_t *again = message_program_put(&p, &len);
		if (again == NULL || len != size + MESSAGE_HEAD || memcmp(again + MESSAGE_HEAD, data, size) != 0)
			abort();
		free(again);
	}
	if (message_ending(data, size, &e)) {
		uint8_t out[MESSAGE_ENDING];
		message_ending_put(out, &e);
		if (memcmp(out, data, size) != 0)
			abort();
	}
	if (size >= MESSAGE_HEAD && message_head(data, &kind, &body) && body >= MESSAGE_MAX)
		abort();
	return 0;
}
