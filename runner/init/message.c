/*
 * message.c - see message.h.
 *
 * Numbers are little endian. A text is its length, its bytes and a NUL, so that the reader hands out
 * pointers into the frame and copies nothing. The reader goes bad once and then yields empty things:
 * it is asked once, at the end.
 */
#include "message.h"

#include <stdlib.h>
#include <string.h>

static uint32_t
u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void
u32_put(uint8_t *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static uint64_t
u64(const uint8_t *p)
{
	return (uint64_t)u32(p) | (uint64_t)u32(p + 4) << 32;
}

static void
u64_put(uint8_t *p, uint64_t v)
{
	u32_put(p, (uint32_t)v);
	u32_put(p + 4, (uint32_t)(v >> 32));
}

bool
message_head(const uint8_t head[MESSAGE_HEAD], enum message_kind *kind, uint32_t *len)
{
	uint32_t n = u32(head);

	if (n == 0 || n > MESSAGE_MAX || head[4] == '\0' || strchr("HPOWJTSFKED", head[4]) == NULL)
		return false;
	*kind = (enum message_kind)head[4];
	*len = n - 1;
	return true;
}

void
message_head_put(uint8_t head[MESSAGE_HEAD], enum message_kind kind, uint32_t len)
{
	u32_put(head, len + 1);
	head[4] = (uint8_t)kind;
}

bool
message_path_ok(const char *path, size_t len)
{
	size_t part = 0;	/* where the part that ends here began */

	if (len == 0 || len > 255 || memchr(path, '\0', len) != NULL)
		return false;
	for (size_t i = 0; i <= len; i++) {
		if (i < len && path[i] != '/')
			continue;
		size_t n = i - part;
		if (n == 0 || (n == 1 && path[part] == '.') || (n == 2 && path[part] == '.' && path[part + 1] == '.'))
			return false;
		part = i + 1;
	}
	return true;
}

/* Writing: first with p == NULL to learn the length, then for real. */
struct out {
	uint8_t *p;
	size_t len;
};

static void
put_u32(struct out *o, uint32_t v)
{
	if (o->p != NULL)
		u32_put(o->p + o->len, v);
	o->len += 4;
}

static void
put_text(struct out *o, struct program_text t)
{
	put_u32(o, t.len);
	if (o->p != NULL) {
		if (t.len > 0)
			memcpy(o->p + o->len, t.data, t.len);
		o->p[o->len + t.len] = 0;
	}
	o->len += (size_t)t.len + 1;
}

static void
put_texts(struct out *o, const struct program_text *texts, uint32_t n)
{
	put_u32(o, n);
	for (uint32_t i = 0; i < n; i++)
		put_text(o, texts[i]);
}

static void
put_program(struct out *o, const struct program *job)
{
	put_u32(o, job->flags);
	put_u32(o, job->uid);
	put_u32(o, job->file_limit);
	put_u32(o, job->open_limit);
	put_u32(o, (uint32_t)job->rows << 16 | job->columns);
	put_text(o, job->artifact);
	put_texts(o, job->argv, job->argc);
	put_texts(o, job->env, job->envc);
	put_u32(o, job->filec);
	for (uint32_t i = 0; i < job->filec; i++) {
		put_text(o, job->files[i].path);
		put_text(o, job->files[i].content);
	}
}

uint8_t *
message_program_put(const struct program *job, size_t *len)
{
	struct out o = { NULL, 0 };

	put_program(&o, job);
	if (o.len >= MESSAGE_MAX)
		return NULL;
	uint8_t *frame = malloc(MESSAGE_HEAD + o.len);
	if (frame == NULL)
		return NULL;
	message_head_put(frame, MESSAGE_JOB, (uint32_t)o.len);
	o = (struct out){ frame + MESSAGE_HEAD, 0 };
	put_program(&o, job);
	*len = MESSAGE_HEAD + o.len;
	return frame;
}

struct in {
	const uint8_t *p, *end;
	bool bad;
};

static uint32_t
get_u32(struct in *in)
{
	if (in->bad || in->end - in->p < 4) {
		in->bad = true;
		return 0;
	}
	in->p += 4;
	return u32(in->p - 4);
}

static struct program_text
get_text(struct in *in)
{
	uint32_t len = get_u32(in);

	if (in->bad || (size_t)(in->end - in->p) <= len || in->p[len] != 0) {
		in->bad = true;
		return (struct program_text){ "", 0 };
	}
	const char *data = (const char *)in->p;
	in->p += (size_t)len + 1;
	return (struct program_text){ data, len };
}

/* A text that becomes a C string: an argument or a variable. */
static struct program_text
get_word(struct in *in)
{
	struct program_text t = get_text(in);

	if (memchr(t.data, '\0', t.len) != NULL)
		in->bad = true;
	return t;
}

/* A count of things of at least five bytes each. */
static uint32_t
get_count(struct in *in, uint32_t most)
{
	uint32_t n = get_u32(in);

	if (n > most || n > (size_t)(in->end - in->p) / 5)
		in->bad = true;
	return in->bad ? 0 : n;
}

static void
get_files(struct in *in, struct program *job)
{
	job->filec = get_count(in, PROGRAM_FILES_MAX);
	for (uint32_t i = 0; i < job->filec; i++) {
		struct program_file *f = &job->files[i];
		f->path = get_text(in);
		f->content = get_text(in);
		if (!message_path_ok(f->path.data, f->path.len))
			in->bad = true;
	}
}

/* Where the artifact goes: as a file's path, and there just when there is one. */
static void
get_artifact(struct in *in, struct program *job)
{
	job->artifact = get_text(in);
	if (job->flags & PROGRAM_ARTIFACT ? !message_path_ok(job->artifact.data, job->artifact.len)
					  : job->artifact.len > 0)
		in->bad = true;
}

unsigned
message_program_fds(uint32_t flags)
{
	return ((flags & PROGRAM_ARTIFACT) != 0) + ((flags & PROGRAM_RESULT) != 0);
}

bool
message_program(const uint8_t *body, size_t len, struct program *job)
{
	struct in in = { body, body + len, false };

	job->flags = get_u32(&in);
	job->uid = get_u32(&in);
	job->file_limit = get_u32(&in);
	job->open_limit = get_u32(&in);
	uint32_t size = get_u32(&in);
	job->rows = (uint16_t)(size >> 16);
	job->columns = (uint16_t)size;
	get_artifact(&in, job);
	job->argc = get_count(&in, PROGRAM_WORDS_MAX);
	for (uint32_t i = 0; i < job->argc; i++)
		job->argv[i] = get_word(&in);
	job->envc = get_count(&in, PROGRAM_WORDS_MAX);
	for (uint32_t i = 0; i < job->envc; i++)
		job->env[i] = get_word(&in);
	get_files(&in, job);
	return !in.bad && in.p == in.end && (job->flags & ~PROGRAM_FLAGS) == 0 && job->uid != 0 && job->argc > 0 &&
	    job->argv[0].data[0] == '/';
}

void
message_ending_put(uint8_t body[MESSAGE_ENDING], const struct ending *e)
{
	u32_put(body, (uint32_t)e->status);
	u64_put(body + 4, e->wall_us);
	u64_put(body + 12, e->cpu_us);
	u64_put(body + 20, e->memory_kb);
}

bool
message_ending(const uint8_t *body, size_t len, struct ending *e)
{
	if (len != MESSAGE_ENDING)
		return false;
	e->status = (int32_t)u32(body);
	e->wall_us = u64(body + 4);
	e->cpu_us = u64(body + 12);
	e->memory_kb = u64(body + 20);
	return true;
}
