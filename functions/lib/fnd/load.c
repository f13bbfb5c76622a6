/*
 * load.c - see load.h.
 *
 * A program that a compiler writes changes many times within a moment: it is looked at when nothing has changed
 * for SETTLE ms. If it cannot start even so, the one before serves on until it changes again. And a linker removes it
 * first: only what stays away for GONE ms is gone. What cannot be served for want of something else is tried again
 * after as long.
 */
#include "load.h"

#include "clock.h"
#include "log.h"
#include "pools.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#define SETTLE 30
#define GONE 5000

static struct pool *pools;
static const char *directory;
static int changes = -1;
static int64_t scan_at;		/* when the directory is to be looked at again */
static struct watch changes_watch;

static struct pool *
find(const char *name)
{
	struct pool *p = pools;

	while (p != NULL && (p->stopping || strcmp(p->at.name, name) != 0))
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

static void
scan_by(int64_t at)
{
	scan_at = at < scan_at ? at : scan_at;
}

/* One program of the directory. False where it cannot be served. */
static bool
take(const char *name, bool renew)
{
	struct pool *p = find(name);

	if (p == NULL && (p = pool_new(directory, name)) != NULL) {
		p->next = pools;
		pools = p;
	}
	if (p == NULL)
		scan_by(clock_mono_ms() + GONE);
	else if (renew || pool_is_changed(p))
		pool_renew(p);
	return p != NULL;
}

/* One that is served: is it still there? */
static void
look_for(struct pool *p, int64_t now)
{
	if (is_program(p->at.name)) {
		p->missing = 0;
		return;
	}
	if (p->missing == 0)
		p->missing = now;
	if (now - p->missing < GONE) {
		scan_by(p->missing + GONE);
		return;
	}
	log_info("%s is gone", p->at.name);
	pool_stop(p);
}

void
load_scan(bool renew)
{
	DIR *d = opendir(directory);
	unsigned n = 0;

	scan_at = INT64_MAX;
	for (struct pool *p = pools; p != NULL; p = p->next)
		if (!p->stopping)
			look_for(p, clock_mono_ms());
	for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
		n += is_program(e->d_name) && take(e->d_name, renew);
	if (d != NULL)
		closedir(d);
	log_info("%u functions from %s", n, directory);
}

static void
note_change(void *of)
{
	char events[4096] __attribute__((aligned(8)));

	(void)of;
	while (read(changes, events, sizeof(events)) > 0)
		scan_at = clock_mono_ms() + SETTLE;
}

int
load_open(const char *from)
{
	directory = from;
	changes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (changes < 0 || inotify_add_watch(changes, from, IN_CLOSE_WRITE | IN_MOVE | IN_DELETE | IN_ATTRIB) < 0)
		log_warn("%s is not watched: %s", from, strerror(errno));
	changes_watch = (struct watch){ note_change, NULL };
	if (changes >= 0)
		loop_watch(changes, EPOLLIN, &changes_watch);
	load_scan(true);
	if (pools != NULL)
		return 0;
	log_error("no function in %s can be served: build them with make", directory);
	return -1;
}

bool
load_tick(void)
{
	int64_t now = clock_mono_ms();

	if (now >= scan_at)
		load_scan(false);
	loop_until(scan_at);
	for (struct pool **at = &pools, *p; (p = *at) != NULL;) {
		if (pool_tick(p, now)) {
			loop_until(p->due);
			at = &p->next;
		} else {
			*at = p->next;
			pool_free(p);
		}
	}
	return pools != NULL;
}

/* What zygotes have said comes first: of its start we hear before we hear of its end. */
void
load_reap(void)
{
	int status;

	for (struct pool *p = pools; p != NULL; p = p->next) {
		zygote_hear(p->zygote);
		zygote_hear(p->fresh);
	}
	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
		for (struct pool *p = pools; p != NULL && !pool_reaped(p, pid, status);)
			p = p->next;
}

void
load_stop(void)
{
	loop_forget(changes);
	scan_at = INT64_MAX;
	for (struct pool *p = pools; p != NULL; p = p->next)
		if (!p->stopping)
			pool_stop(p);
}
