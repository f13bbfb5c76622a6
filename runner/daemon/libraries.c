/*
 * libraries.c - see libraries.h.
 *
 * Theory of operation. A set is named by the SHA-256 of all it depends on: image, index and the list of libraries. Its
 * folder lies in settings.libraries as <name>.<KiB>; what is being made has another name until it is whole and on
 * disk, so a runner that is killed leaves nothing that looks like a set. The table below knows every folder, who uses
 * it and when it was used last. Of several runs that want the same set at once, one makes it (flight.h).
 *
 * The step that installs is given our own list, never the person's file, and writes a tar archive to its descriptor 3.
 * Code of the libraries may run there (it must not, but pip and npm are large): it is in a box like any other. The
 * archive is unpacked by us, plain files only, and from then on only mounted read-only into boxes.
 */
#include "libraries.h"

#include "clock.h"
#include "digest.h"
#include "flight.h"
#include "keep.h"
#include "log.h"
#include "manifest.h"
#include "settings.h"
#include "step.h"
#include "unpack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_LEN 32			/* hex digits of the hash */

struct library_set {
	bool taken;			/* this place of the table */
	bool making;
	char name[NAME_LEN + 1];
	int64_t kib;
	int users;
	int64_t used_at;		/* monotonic ms */
};

static struct {
	pthread_mutex_t lock;
	struct library_set sets[LIBRARIES_KEPT_MAX];
	int dir;			/* of settings.libraries */
	unsigned made;			/* numbers what is being made */
} kept = { .lock = PTHREAD_MUTEX_INITIALIZER, .dir = -1 };

/* --- the table; the caller holds the lock */

static struct library_set *
find(const char *name)
{
	for (size_t i = 0; i < LIBRARIES_KEPT_MAX; i++)
		if (kept.sets[i].taken && strcmp(kept.sets[i].name, name) == 0)
			return &kept.sets[i];
	return NULL;
}

static void
folder_name(const struct library_set *s, char out[64])
{
	snprintf(out, 64, "%s.%lld", s->name, (long long)s->kib);
}

static void
forget(struct library_set *s)
{
	struct err err = { 0 };
	char name[64];

	folder_name(s, name);
	if (!s->making && unpack_remove(kept.dir, name, &err) < 0)
		log_warn("libraries: %s", err.detail);
	s->taken = false;
}

/* The one used longest ago that nobody uses now. */
static struct library_set *
oldest(void)
{
	struct library_set *found = NULL;

	for (size_t i = 0; i < LIBRARIES_KEPT_MAX; i++) {
		struct library_set *s = &kept.sets[i];
		if (s->taken && s->users == 0 && !s->making && (found == NULL || s->used_at < found->used_at))
			found = s;
	}
	return found;
}

static int64_t
kib_in_all(void)
{
	int64_t kib = 0;

	for (size_t i = 0; i < LIBRARIES_KEPT_MAX; i++)
		kib += kept.sets[i].taken ? kept.sets[i].kib : 0;
	return kib;
}

static void
make_room(void)
{
	struct library_set *s;

	while (kib_in_all() > LIBRARIES_BYTES_MAX >> 10 && (s = oldest()) != NULL)
		forget(s);
}

/* An empty place; NULL where every set is in use. */
static struct library_set *
place(const char *name)
{
	struct library_set *s = NULL;

	for (size_t i = 0; s == NULL && i < LIBRARIES_KEPT_MAX; i++)
		if (!kept.sets[i].taken)
			s = &kept.sets[i];
	if (s == NULL && (s = oldest()) != NULL)
		forget(s);
	if (s != NULL) {
		*s = (struct library_set){ .taken = true };
		snprintf(s->name, sizeof(s->name), "%s", name);
	}
	return s;
}

/* A whole set's folder; anything else is what a killed runner left. */
static void
know(const char *name)
{
	struct err err = { 0 };
	long long kib;
	int end = 0;

	if (strspn(name, "0123456789abcdef") == NAME_LEN && sscanf(name + NAME_LEN, ".%lld%n", &kib, &end) == 1 &&
	    name[NAME_LEN + end] == '\0' && kib >= 0) {
		char hash[NAME_LEN + 1];
		snprintf(hash, sizeof(hash), "%s", name);
		struct library_set *s = place(hash);
		s->kib = kib;
		s->used_at = clock_mono_ms();
	} else if (unpack_remove(kept.dir, name, &err) < 0)
		log_warn("libraries: %s", err.detail);
}

void
libraries_start(void)
{
	struct dirent *e;
	DIR *d;

	if ((mkdir(settings.libraries, 0755) < 0 && errno != EEXIST) || (d = opendir(settings.libraries)) == NULL) {
		log_error("%s: %s", settings.libraries, strerror(errno));
		exit(1);
	}
	kept.dir = fcntl(dirfd(d), F_DUPFD_CLOEXEC, 0);
	while ((e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			know(e->d_name);
	closedir(d);
	make_room();
}

/* --- making one */

struct order {
	struct job *job;
	const struct index_of *index;
	struct manifest manifest;
	char name[NAME_LEN + 1];
};

static const struct program_file *
manifest_file(const struct job *j)
{
	for (size_t i = 0; j->language->manifest != NULL && i < j->files_count; i++)
		if (strcmp(j->files[i].path.data, j->language->manifest) == 0)
			return &j->files[i];
	return NULL;
}

static enum libraries
refuse(struct job *j, const char *why)
{
	j->facts.refused = arena_printf(j->slot->arena, "its libraries could not be installed: %s", why);
	return LIBRARIES_REFUSED;
}

static void
name_of(struct order *o)
{
	struct arena *a = o->job->slot->arena;
	const char *image = o->job->language->image;
	const char *all = arena_printf(a, "%s\n%s\n%s", image != NULL ? image : "", o->index->url,
	    manifest_text(a, &o->manifest));

	memcpy(o->name, digest_sha256(a, bytes_of(all)), NAME_LEN);
}

static enum libraries
explain(struct order *o, enum step_end end, struct buf *said)
{
	struct job *j = o->job;

	switch (end) {
	case STEP_STOPPED:
		return LIBRARIES_STOPPED;
	case STEP_BROKEN:
		j->facts.failed = arena_printf(j->slot->arena, "its libraries could not be installed: %s",
		    buf_cstr(said));
		return LIBRARIES_BROKEN;
	case STEP_LATE:
		return refuse(j, arena_printf(j->slot->arena, "it took more than %d s", settings.install_ms / 1000));
	case STEP_MEMORY:
		return refuse(j, "they are too large");
	default:
		return refuse(j, "the installer says why in the output");
	}
}

static enum step_end
install(struct order *o, int archive, struct buf *said)
{
	struct slot *s = o->job->slot;
	const struct lang *l = o->job->language;
	const char *text = manifest_text(s->arena, &o->manifest);
	struct program_file file = { { l->manifest, (uint32_t)strlen(l->manifest) }, { text, (uint32_t)strlen(text) } };
	const char *env[] = { arena_printf(s->arena, "VIVA_INDEX=%s", o->index->url) };
	struct step step = { .language = l, .class = BOX_INSTALL, .words = l->install, .word_count = l->install_count,
		.env = env, .env_count = 1, .files = &file, .file_count = 1, .door_host = o->index->host,
		.door_port = o->index->port, .wall_ms = settings.install_ms, .result = archive };

	return step_run(o->job, &step, said);
}

/* The archive becomes the set's folder, in one step that is seen whole or not at all. */
static enum libraries
keep(struct order *o, int archive, struct library_set *set)
{
	struct slot *s = o->job->slot;
	struct stat st;
	char making[64], name[64];

	slot_fresh(s);
	pthread_mutex_lock(&kept.lock);
	snprintf(making, sizeof(making), "making.%u", kept.made++);
	pthread_mutex_unlock(&kept.lock);
	if (unpack(archive, kept.dir, making, LIBRARIES_SET_MAX, &s->err) < 0) {
		struct err left = { 0 };
		enum libraries r = s->err.kind == ERR_INVALID ? refuse(o->job, s->err.detail) : LIBRARIES_BROKEN;
		if (r == LIBRARIES_BROKEN) {
			log_error("run %s: libraries: %s", o->job->run.id, s->err.detail);
			o->job->facts.failed = "its libraries could not be kept; the operator's log says why";
		}
		unpack_remove(kept.dir, making, &left);
		return r;
	}
	pthread_mutex_lock(&kept.lock);
	set->kib = fstat(archive, &st) == 0 ? st.st_size >> 10 : 0;
	folder_name(set, name);
	bool good = renameat(kept.dir, making, kept.dir, name) == 0 && fsync(kept.dir) == 0;
	pthread_mutex_unlock(&kept.lock);
	if (good)
		return LIBRARIES_READY;
	o->job->facts.failed = "its libraries could not be kept";
	log_error("%s/%s: %s", settings.libraries, name, strerror(errno));
	return LIBRARIES_BROKEN;
}

static enum libraries
make(struct order *o, struct library_set *set, struct buf *said)
{
	enum libraries r = LIBRARIES_BROKEN;
	int archive = open(settings.libraries, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);

	if (archive < 0) {
		log_error("%s: %s", settings.libraries, strerror(errno));
		o->job->facts.failed = "its libraries cannot be kept; the operator's log says why";
		return r;
	}
	o->job->run.status = RUN_STATUS_INSTALLING;
	keep_wait(o->job);
	keep_tell(o->job);
	enum step_end end = install(o, archive, said);
	r = end == STEP_DONE ? keep(o, archive, set) : explain(o, end, said);
	close(archive);
	o->job->run.status = RUN_STATUS_STARTING;
	return r;
}

/* --- having one */

enum turn { TURN_HAVE, TURN_MAKE, TURN_NO_ROOM };

/* What is to be done for this name by one who may make it; *set is then used by the caller. */
static enum turn
turn(const char *name, struct library_set **set)
{
	enum turn t = TURN_HAVE;

	pthread_mutex_lock(&kept.lock);
	if ((*set = find(name)) == NULL) {
		t = TURN_MAKE;
		*set = place(name);
	}
	if (*set != NULL) {
		(*set)->making = t == TURN_MAKE;
		(*set)->users++;
		(*set)->used_at = clock_mono_ms();
	}
	pthread_mutex_unlock(&kept.lock);
	return *set != NULL ? t : TURN_NO_ROOM;
}

static void
made(struct library_set *set, bool good)
{
	pthread_mutex_lock(&kept.lock);
	if (!good) {
		set->users = 0;
		forget(set);
	}
	set->making = false;
	make_room();
	pthread_mutex_unlock(&kept.lock);
}

/* The set that is there, or that is made now. */
static enum libraries
find_or_make(struct order *o, struct library_set **set, struct buf *said)
{
	enum libraries r = LIBRARIES_READY;

	switch (turn(o->name, set)) {
	case TURN_HAVE:
		break;
	case TURN_MAKE:
		r = make(o, *set, said);
		made(*set, r == LIBRARIES_READY);
		break;
	case TURN_NO_ROOM:
		o->job->facts.failed = "too many runs with libraries of their own go on; try again in a moment";
		r = LIBRARIES_BROKEN;
	}
	return r;
}

static enum libraries
have(struct order *o, struct library_set **set, struct buf *said)
{
	struct job *j = o->job;

	for (;;) {
		switch (flight_enter(j, o->name, &j->facts.refused, said)) {
		case FLIGHT_MINE: {
			enum libraries r = find_or_make(o, set, said);
			flight_leave(j, j->facts.refused, said);
			return r;
		}
		case FLIGHT_OVER:
			break;
		case FLIGHT_FAILED:
			return LIBRARIES_REFUSED;
		case FLIGHT_UNWANTED:
			return LIBRARIES_STOPPED;
		}
	}
}

/* The installer's words, as the run's output: the last lines say what is wrong. */
static void
show(struct job *j, const struct buf *said)
{
	output_add(&j->output, STREAM_STDERR, said->data, said->len);
	output_cut(&j->output, clock_mono_ms(), clock_wall_ms());
}

enum libraries
libraries_get(struct job *j)
{
	const struct program_file *file = manifest_file(j);
	struct order o = { .job = j };
	struct buf said = { 0 };
	enum manifest_kind kind;
	char name[64];

	if (file == NULL || !manifest_kind(file->path.data, &kind))
		return LIBRARIES_NONE;
	slot_fresh(j->slot);
	if (manifest_parse(j->slot->arena, &j->slot->err, kind, file->content.data, &o.manifest) < 0)
		return refuse(j, arena_strdup(j->slot->arena, j->slot->err.detail));
	if (o.manifest.count == 0)
		return LIBRARIES_NONE;
	o.index = &settings.index[kind];
	if (o.index->url == NULL)
		return refuse(j, arena_printf(j->slot->arena, "libraries are not offered here (%s is not set)",
		    o.index->setting));
	name_of(&o);
	enum libraries r = have(&o, &j->libraries, &said);
	if (r == LIBRARIES_READY) {
		folder_name(j->libraries, name);
		j->libraries_folder = arena_printf(j->slot->arena, "%s/%s", settings.libraries_host, name);
	} else
		j->libraries = NULL;
	if (r == LIBRARIES_REFUSED)
		show(j, &said);
	buf_free(&said);
	return r;
}

void
libraries_release(struct library_set *set)
{
	if (set == NULL)
		return;
	pthread_mutex_lock(&kept.lock);
	set->users--;
	set->used_at = clock_mono_ms();
	pthread_mutex_unlock(&kept.lock);
}
