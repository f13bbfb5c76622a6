/*
 * boxes.h - real boxes for tests: one at a time in `box`, what it prints in `printed` and `complained`.
 *
 * Needs an engine and images: tests/runner/box.test.mjs runs these tests where they are and says so by VIVA_BOXES.
 */
#ifndef TEST_BOXES_H
#define TEST_BOXES_H

#include "../../runner/daemon/pool.h"
#include "../../runner/daemon/settings.h"

#include "arena.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PATIENCE_MS 60000

static struct arena *arena;
static struct docker *engine;
static struct lang languages[LANGUAGES_MAX];
static size_t languages_count;
static struct box *box;
static struct ending ending;
static char printed[1 << 16], complained[1 << 16];

static struct program_text
text(const char *s)
{
	return (struct program_text){ s, (uint32_t)strlen(s) };
}

static const struct lang *
language(const char *name)
{
	for (size_t i = 0; i < languages_count; i++)
		if (strcmp(languages[i].name, name) == 0 && languages[i].image != NULL)
			return &languages[i];
	fail_msg("there is no image of %s", name);
	return NULL;
}

static void
begin(const struct box_wish *wish, struct program p, int artifact, int result)
{
	struct err err = { 0 };

	memset(printed, 0, sizeof(printed));
	memset(complained, 0, sizeof(complained));
	box = pool_make(wish, engine, &err);
	if (box == NULL || box_start(box, &err, &p, artifact, result) < 0)
		fail_msg("%s", err.detail);
}

/* True when something came. */
static bool
read_some(int fd, char into[1 << 16])
{
	size_t have = strlen(into);
	ssize_t n = read(fd, into + have, (1 << 16) - 1 - have);

	if (n > 0)
		into[have + (size_t)n] = '\0';
	return n > 0;
}

/* What it prints, on pipes or terminal, until it has ended. */
static void
see_through(void)
{
	struct box_said said = { .kind = MESSAGE_STARTED };

	while (said.kind != MESSAGE_ENDED) {
		int fd = box->terminal >= 0 ? box->terminal : box->out;
		struct pollfd p[] = { { .fd = box->sock, .events = POLLIN }, { .fd = fd, .events = POLLIN },
			{ .fd = box->err, .events = POLLIN } };
		assert_true(poll(p, 3, PATIENCE_MS) > 0);
		if (p[1].revents & POLLIN)
			read_some(fd, printed);
		else if (p[2].revents & POLLIN)
			read_some(box->err, complained);
		else if (p[0].revents != 0) {
			assert_true(box_hear(box, &said));
			if (said.kind == MESSAGE_FAILED)
				fail_msg("%s", said.text);
		}
	}
	while (read_some(box->terminal >= 0 ? box->terminal : box->out, printed))
		;
	while (read_some(box->err, complained))
		;
	ending = said.ending;
	box_tell(box, MESSAGE_DONE);
}

static int
leave(void **state)
{
	(void)state;
	if (box != NULL)
		pool_leave(box);
	box = NULL;
	return 0;
}

static void
boxes_begin(void)
{
	struct err err = { 0 };
	const char *image, *version;
	char ref[128];

	arena = arena_new(4096);
	settings_read();
	settings.init = getenv("VIVA_INIT");
	engine = docker_new(settings.docker);
	int n = languages_read(arena, &err, settings.languages, settings.recipes, languages);
	if (n < 0 || box_prepare(&err) < 0) {
		fprintf(stderr, "%s\n", err.detail);
		exit(1);
	}
	languages_count = (size_t)n;
	for (int i = 0; i < n; i++) {
		snprintf(ref, sizeof(ref), "viva/%s:%s", languages[i].name, languages[i].recipe);
		if (docker_image(engine, arena, &err, ref, "viva.version", &image, &version) == 0)
			languages[i].image = image;
		err_clear(&err);
	}
	pool_start(languages, 0);
}

static void
boxes_end(void)
{
	pool_stop(PATIENCE_MS);
}

#endif
