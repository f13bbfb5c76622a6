/*
 * compile.c - see compile.h.
 */
#include "compile.h"

#include "cache.h"
#include "clock.h"
#include "digest.h"
#include "flight.h"
#include "keep.h"
#include "log.h"
#include "metrics.h"
#include "queue.h"
#include "settings.h"
#include "step.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCRIPT ".compile"	/* a name that no file of a run has */

static struct metric took = METRIC_SECONDS("viva_compile_seconds",
    "What having a program compiled takes: made now, or kept from before.", "language", "from");

static void
add_part(struct buf *b, struct bytes part)
{
	uint64_t len = part.len;

	buf_add(b, &len, sizeof(len));
	buf_add(b, part.data, part.len);
}

static void
add_text(struct buf *b, const char *text)
{
	add_part(b, bytes_of(text));
}

static const char *
key_of(const struct job *j, const char *start)
{
	const struct lang *l = j->language;
	struct buf all = { 0 };

	add_text(&all, l->name);
	add_text(&all, l->image);
	add_text(&all, l->compile);
	add_text(&all, start);
	for (size_t i = 0; i < j->files_count; i++) {
		add_text(&all, j->files[i].path.data);
		add_part(&all, (struct bytes){ (const uint8_t *)j->files[i].content.data, j->files[i].content.len });
	}
	const char *key = digest_sha256(j->slot->arena, (struct bytes){ all.data, all.len });
	buf_free(&all);
	return key;
}

/* The compiler's words, as the program's first. A test run shows them only when it ends with them. */
static void
show(struct job *j, const struct buf *said, bool last)
{
	if (said->len > 0 && (last || j->run.cases == NULL))
		output_add(&j->output, STREAM_STDERR, said->data, said->len);
	if (!last)
		return;
	output_end(&j->output);
	output_cut(&j->output, clock_mono_ms(), clock_wall_ms());
}

static const char *
why(struct job *j, enum step_end end)
{
	const struct box_limits *l = box_limits(BOX_COMPILE);

	switch (end) {
	case STEP_LATE: return arena_printf(j->slot->arena, "compiling it took longer than %d s", l->wall_ms / 1000);
	case STEP_MEMORY:
		return arena_printf(j->slot->arena, "compiling it wanted more than %lld MiB of memory",
		    (long long)(l->memory >> 20));
	default: return "it could not be compiled";
	}
}

static enum step_end
run_compiler(struct job *j, const char *start, int result, struct buf *said)
{
	const char *words[] = { "/bin/sh", SCRIPT, start };
	struct program_file *files = arena_array(j->slot->arena, j->files_count + 1, sizeof(*files));
	const char *script = j->language->compile;

	memcpy(files, j->files, j->files_count * sizeof(*files));
	files[j->files_count] = (struct program_file){ { SCRIPT, sizeof(SCRIPT) - 1 },
		{ script, (uint32_t)strlen(script) } };
	struct step s = { .language = j->language, .class = BOX_COMPILE, .words = words, .word_count = 3,
		.files = files, .file_count = j->files_count + 1, .wall_ms = box_limits(BOX_COMPILE)->wall_ms,
		.result = result };
	return step_run(j, &s, said);
}

/* Everybody who could write to it is dead. False: what the compiler left is no program. */
static bool
keep_artifact(struct job *j, const char *key, int fd, const struct buf *said)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || st.st_size == 0 || st.st_size > CACHE_ARTIFACT_MAX) {
		j->facts.uncompiled = st.st_size == 0 ? "the compiler made no program" :
		    arena_printf(j->slot->arena, "the program is larger than %u MiB", CACHE_ARTIFACT_MAX >> 20);
		return false;
	}
	void *data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data != MAP_FAILED) {
		cache_put(settings.compiled, key, &(struct cache_entry){ { said->data, said->len },
		    { data, (size_t)st.st_size } });
		munmap(data, (size_t)st.st_size);
	}
	j->artifact = fd;
	return true;
}

static bool
make(struct job *j, const char *key, const char *start, struct buf *said)
{
	int fd = memfd_create("artifact", MFD_CLOEXEC);

	if (fd < 0) {
		j->facts.failed = "there is no memory for the program";
		return false;
	}
	j->run.status = RUN_STATUS_COMPILING;
	keep_wait(j);
	keep_tell(j);
	enum step_end end = run_compiler(j, start, fd, said);
	if (end == STEP_DONE && keep_artifact(j, key, fd, said)) {
		j->run.status = RUN_STATUS_STARTING;
		return true;
	}
	close(fd);
	if (end == STEP_BROKEN) {
		log_warn("run %s: compiling: %.*s", j->run.id, (int)said->len, (const char *)said->data);
		j->facts.failed = "it could not be compiled: its sandbox was lost, the operator's log says why";
	} else if (end == STEP_STOPPED)
		j->given_up = queue_giving_up();
	else if (end != STEP_DONE)
		j->facts.uncompiled = why(j, end);
	return false;
}

static bool
from_cache(struct job *j, const char *key, struct buf *said)
{
	j->artifact = cache_get(settings.compiled, key, said);
	return j->artifact >= 0;
}

/* Made here, or by another meanwhile. False: it is not there, and j->facts says why if it is for that. */
static bool
make_once(struct job *j, const char *key, const char *start, struct buf *said, bool *kept)
{
	for (;;) {
		switch (flight_enter(j, key, &j->facts.uncompiled, said)) {
		case FLIGHT_MINE: {
			*kept = from_cache(j, key, said);
			bool good = *kept || make(j, key, start, said);
			flight_leave(j, j->facts.uncompiled, said);
			return good;
		}
		case FLIGHT_OVER:
			if ((*kept = from_cache(j, key, said)))
				return true;
			break;
		default:
			return false;
		}
	}
}

bool
compile(struct job *j, const char *start)
{
	struct buf said = { 0 };
	int64_t began = clock_mono_ms();

	if (j->language->compile == NULL)
		return true;
	const char *key = key_of(j, start);
	bool kept = from_cache(j, key, &said), good = kept || make_once(j, key, start, &said, &kept);
	if (good)
		metric_seconds(&took, clock_mono_ms() - began, j->language->name, kept ? "cache" : "compiler");
	if (j->facts.failed == NULL && !job_unwanted(j))
		show(j, &said, !good);
	buf_free(&said);
	return good;
}
