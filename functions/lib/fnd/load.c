/*
 * load.c - see load.h.
 *
 * A program that a compiler writes changes many times within a moment: it is looked at when nothing has changed
 * for SETTLE ms. If it cannot start even so, the one before serves on until it changes again. And a linker removes it
 * first: only what stays away for GONE ms is gone.
 */
#include "load.h"

#include "clock.h"
#include "log.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define SETTLE 30
#define GONE 5000

static struct pool *pools;
static const char *directory;
static struct identity identity;
static int changes = -1;
static int64_t changed_at;	/* 0: nothing has */
static struct watch changes_watch;

static struct pool *
find(const char *name)
{
	struct pool *p = pools;

	while (p != NULL && (p->stopping || strcmp(p->name, name) != 0))
		p = p->next;
	return p;
}

static bool
is_program(const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name) && strlen(name) <= NAME_MAX_LEN
	    && access(path, X_OK) == 0;
}

static struct pool *
add(const char *name)
{
	struct pool *p = pool_new(directory, name, &identity);

	if (p == NULL)
		return NULL;
	p->next = pools;
	pools = p;
	return p;
}

/* One program of the directory, seen. */
static bool
take(const char *name, bool renew)
{
	struct pool *p = find(name);
	bool is_new = p == NULL;

	if (is_new)
		p = add(name);
	if (p == NULL)
		return false;
	p->found = true;
	if (renew || is_new || pool_is_changed(p))
		pool_renew(p);
	return true;
}

static void
scan(bool renew)
{
	DIR *d = opendir(directory);
	unsigned n = 0;

	for (struct pool *p = pools; p != NULL; p = p->next)
		p->found = false;
	for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
		n += is_program(e->d_name) && take(e->d_name, renew);
	if (d != NULL)
		closedir(d);
	log_info("%u functions from %s", n, directory);
}

/* How long until it is gone, if it is away. */
static int64_t
miss(struct pool *p, int64_t now)
{
	if (p->found || p->stopping) {
		p->missing = 0;
		return FOREVER;
	}
	if (p->missing == 0)
		p->missing = now;
	if (now - p->missing < GONE)
		return GONE - (now - p->missing);
	log_info("%s is gone", p->name);
	pool_stop(p, now);
	return FOREVER;
}

static void
note_change(void *of)
{
	char events[4096] __attribute__((aligned(8)));

	(void)of;
	while (read(changes, events, sizeof(events)) > 0)
		changed_at = clock_mono_ms();
}

int
load_open(const char *from, const struct identity *who)
{
	directory = from;
	identity = *who;
	changes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (changes < 0 || inotify_add_watch(changes, from, IN_CLOSE_WRITE | IN_MOVE | IN_DELETE | IN_ATTRIB) < 0)
		log_warn("%s is not watched: %s", from, strerror(errno));
	changes_watch = (struct watch){ note_change, NULL };
	if (changes >= 0)
		loop_watch(changes, EPOLLIN, &changes_watch);
	scan(true);
	if (pools != NULL)
		return 0;
	log_error("no function in %s can be served: build them with make", directory);
	return -1;
}

void
load_all(void)
{
	changed_at = 0;
	scan(true);
}

/* Those that are gone. */
static void
bury(void)
{
	for (struct pool **at = &pools; *at != NULL;) {
		struct pool *p = *at;
		if (p->stopping && pool_is_empty(p)) {
			*at = p->next;
			pool_free(p);
		} else
			at = &p->next;
	}
}

int64_t
load_tick(int64_t now)
{
	int64_t wait = FOREVER;

	if (changed_at != 0 && now - changed_at >= SETTLE) {
		changed_at = 0;
		scan(false);
	} else if (changed_at != 0)
		wait = SETTLE;
	bury();
	for (struct pool *p = pools; p != NULL; p = p->next) {
		int64_t next = pool_tick(p, now), gone = miss(p, now);
		wait = next < wait ? next : wait;
		wait = gone < wait ? gone : wait;
	}
	return wait;
}

void
load_hear(void)
{
	for (struct pool *p = pools; p != NULL; p = p->next) {
		if (p->zygote != NULL)
			zygote_hear(p->zygote);
		if (p->fresh != NULL)
			zygote_hear(p->fresh);
	}
}

void
load_reaped(pid_t pid, int status, int64_t now)
{
	struct pool *p = pools;

	while (p != NULL && !pool_reaped(p, pid, status, now))
		p = p->next;
}

void
load_stop(int64_t now)
{
	for (struct pool *p = pools; p != NULL; p = p->next)
		if (!p->stopping)
			pool_stop(p, now);
}

bool
load_is_empty(void)
{
	bury();
	return pools == NULL;
}
