/*
 * main.c - the runner: takes runs off the queue and runs them in containers that are already warm.
 *
 * Theory of operation. The rows of the table `run` are the queue and the truth; a row is leased for 20 s at a time.
 * VIVA_SLOTS threads (queue.c, job.c) each see one run through, with connections of their own, so one that waits for
 * the database or for its program holds up no other. Two keepers (pool.c) make containers ahead of need and
 * remove used ones; one thread listens to Redis. The main thread waits for a signal.
 *
 *	queue.c  which run is next            pool.c   warm containers       keep.c    store, then show
 *	job.c    one attempt at one run       box.c    one container         output.c  bytes to chunks
 *	verdict.c  how it ended               cgroup.c what the kernel counted      feed.c, ear.c  what people type
 *	roll.c   the runners that live        shells.c rooms' terminals      shell.c, shell_log.c  one of them
 *	host.c   the machine                  store.c  what is large
 *
 * SIGTERM: no new runs, those that run are finished, exit 0. A second one, or VIVA_DRAIN seconds: what is
 * not finished is handed back, or ended where its output was seen. After SIGKILL the next start removes the containers
 * that were left, by their label, and takes up the leases.
 */
#include "api_types.h"
#include "clock.h"
#include "ear.h"
#include "images.h"
#include "libraries.h"
#include "log.h"
#include "metrics.h"
#include "metrics_serve.h"
#include "pool.h"
#include "queries_runner.h"
#include "queue.h"
#include "roll.h"
#include "settings.h"
#include "shells.h"
#include "slot.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

static struct lang languages[LANGUAGES_MAX];
static sigset_t stop_signals;

/* Waits for a signal to stop; false when there was none in that time. */
static bool
told_to_stop(int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	return sigtimedwait(&stop_signals, NULL, &t) > 0;
}

/* One runner for each directory of jobs: a second one would remove the first one's containers. */
static void
lock_jobs(void)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/.lock", settings.jobs);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0) {
		log_error("%s: %s", path, errno == EWOULDBLOCK ? "another runner works here" : strerror(errno));
		exit(1);
	}
}

static void
stop_early(void)
{
	log_info("stopped before it began");
	exit(0);
}

/* Tries something until it works, saying each new reason once. */
static void
insist(struct slot *s, int (*try)(struct slot *))
{
	char said[sizeof(s->err.detail)] = "";

	for (;;) {
		slot_fresh(s);
		if (try(s) == 0)
			return;
		if (strcmp(said, s->err.detail) != 0)
			log_warn("waiting: %s", s->err.detail);
		snprintf(said, sizeof(said), "%s", s->err.detail);
		if (told_to_stop(500))
			stop_early();
	}
}

static int
database(struct slot *s)
{
	return pg_check(s->pg);
}

static int
leftovers(struct slot *s)
{
	return pool_sweep(s->docker, &s->err);
}

static int
returned(struct slot *s)
{
	return runner_returned(s->pg, settings.name) < 0 ? -1 : 0;
}

static size_t
read_languages(struct slot *s)
{
	int n = languages_read(s->arena, &s->err, settings.languages, settings.recipes, languages);

	if (n <= 0) {
		log_error("%s", n < 0 ? s->err.detail : "runner/languages is empty");
		exit(78);	/* EX_CONFIG of sysexits.h */
	}
	images_prepare(languages, (size_t)n);
	return (size_t)n;
}

static void
begin(struct slot *s)
{
	size_t n = read_languages(s);

	slot_fresh(s);
	if (box_prepare(&s->err) < 0) {
		log_error("%s", s->err.detail);
		exit(1);
	}
	insist(s, leftovers);
	insist(s, database);
	insist(s, images_look);
	insist(s, returned);
	insist(s, shells_returned);
	queue_prepare(languages, n);
	libraries_start();
	pool_start(languages, n);
	images_start();
	insist(s, roll_sign_on);
	roll_start();
	queue_start();
	shells_start(languages, n);
	ear_start();
	metrics_serve(settings.metrics, metrics_write);	/* failing is logged: no run waits for a number */
	log_info("runner %s takes runs: %d at a time", settings.name, settings.slots);
}

static void
drain(void)
{
	int64_t until = clock_mono_ms() + settings.drain_ms;

	log_info("stopping: runs that go on are finished");
	queue_drain();
	shells_stop(5000);
	while (!queue_wait(100)) {
		if (!told_to_stop(0) && clock_mono_ms() < until)
			continue;
		log_warn("stopping at once: runs that go on are handed back, or ended if their output was seen");
		queue_give_up();
		queue_wait(10000);
		break;
	}
	roll_sign_off();
	pool_stop(10000);
}

int
main(void)
{
	log_init("runner");
	settings_read();
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&stop_signals);
	sigaddset(&stop_signals, SIGTERM);
	sigaddset(&stop_signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &stop_signals, NULL);	/* for the threads, too: they inherit it */
	lock_jobs();
	begin(slot_new(0));
	while (!told_to_stop(1000000))
		;
	drain();
	log_info("stopped");
	return 0;
}
