/*
 * images.c - see images.h.
 *
 * A language's image and version are written here and read by all threads: each is a pointer that changes at once, to
 * text that is never freed (a change is an operator's doing, and rare). Why a language has no image yet is known to
 * runner/languages/build, which leaves a file in VIVA_IMAGES for each.
 */
#include "images.h"

#include "log.h"
#include "queries_runner.h"
#include "settings.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOK_S 3
#define VERSION_MAX 80		/* as api.yaml has it; an image's id is shorter */

static struct lang *languages;
static size_t languages_count;
static struct said {
	bool told;			/* the database knows what follows */
	char note[200];
} saids[LANGUAGES_MAX];

void
images_prepare(struct lang *table, size_t n)
{
	languages = table;
	languages_count = n;
}

static const char *
keep(const char *text)
{
	char *copy = strndup(text, VERSION_MAX);

	if (copy == NULL)
		abort();
	return copy;
}

/* What the builder says of a language without an image; a builder elsewhere says nothing. */
static void
read_note(const struct lang *l, char *out, size_t size)
{
	char path[512];

	snprintf(out, size, "its sandbox has not been made yet");
	snprintf(path, sizeof(path), "%s/%s", settings.images, l->name);
	FILE *f = fopen(path, "re");
	if (f == NULL)
		return;
	if (fgets(out, (int)size, f) != NULL)
		out[strcspn(out, "\n")] = '\0';
	fclose(f);
}

static void
appeared(struct lang *l, struct said *said, const char *image, const char *version)
{
	if (l->image != NULL && strcmp(l->image, image) == 0)
		return;
	l->version = keep(version);
	l->image = keep(image);
	*said = (struct said){ 0 };
	log_info("%s: %s, image %.19s", l->title, l->version, l->image);
}

static void
is_missing(const struct lang *l, struct said *said)
{
	char note[sizeof(said->note)];

	if (l->image != NULL)
		return;		/* somebody removed it just now; its containers go on */
	read_note(l, note, sizeof(note));
	if (strcmp(note, said->note) == 0)
		return;
	log_info("%s cannot be run yet: %s", l->name, note);
	memcpy(said->note, note, sizeof(note));
	said->told = false;
}

static int
look_at(struct slot *s, struct lang *l, struct said *said)
{
	const char *image, *version;
	char ref[64];

	snprintf(ref, sizeof(ref), "viva/%s:%s", l->name, l->recipe);
	if (docker_image(s->docker, s->scratch, &s->err, ref, "viva.version", &image, &version) == 0)
		appeared(l, said, image, version);
	else if (s->err.kind == ERR_NOT_FOUND)
		is_missing(l, said);
	else
		return -1;
	return 0;
}

static int
tell(struct slot *s, const struct lang *l, struct said *said)
{
	slot_fresh(s);
	if (language_known(s->pg, l->name, l->title, l->image != NULL ? l->version : "", l->file, l->image,
	    l->image != NULL, l->image != NULL ? NULL : said->note, l->starter) < 0)
		return -1;
	said->told = true;
	return 0;
}

static int
look_and_tell(struct slot *s, struct lang *l, struct said *said)
{
	slot_fresh(s);
	if (look_at(s, l, said) < 0)
		return -1;
	return said->told ? 0 : tell(s, l, said);
}

int
images_look(struct slot *s)
{
	bool found = false;

	for (size_t i = 0; i < languages_count; i++) {
		if (look_and_tell(s, &languages[i], &saids[i]) < 0)
			return -1;
		found |= languages[i].image != NULL;
	}
	err_clear(&s->err);
	return found ? 0 : err_set(&s->err, ERR_NOT_FOUND, "there are no sandbox images: run runner/languages/build");
}

/* The engine or the database may be away for a while: others say so, and here it is tried again. */
static void *
watch(void *arg)
{
	for (;;) {
		sleep(LOOK_S);
		images_look(arg);
	}
	return NULL;
}

void
images_start(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, watch, slot_new(0)) != 0)
		abort();
}
