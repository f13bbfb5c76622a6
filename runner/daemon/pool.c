/*
 * pool.c - see pool.h.
 *
 * One lock, a list of boxes for each state, and two keepers: threads that make and remove containers.
 * Making one costs the machine 0.3 s of processor, so a taken box is replaced when the run that took
 * it has been answered (its box is given up), or has been running for a while: nobody who waits for a first
 * byte shares the processor with dockerd, unless there is none left of its language. How many are kept is in
 * demand.c: what a language's file says, or what its arrivals want, up to one for each slot. Together they may take
 * VIVA_WARM_MB of memory: where that is used up, the language that was asked for last gets the place of the one that
 * was not for longest. A language nobody uses for ten minutes loses its own; all do, one by one, while the machine is
 * short of memory, and then runs are slower to start, but not fewer.
 *
 * A keeper also looks at the idle boxes each second: when the engine restarts it kills them, and a
 * run must not find that out. When the engine is away, keepers try again each second, and runs wait in the queue.
 */
#include "pool.h"

#include "clock.h"
#include "demand.h"
#include "log.h"
#include "metrics.h"
#include "settings.h"

#include <dirent.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define KEEPERS 2
#define SCARCE_KB (512 << 10)	/* of memory that can be had, or a tenth of all where that is less: none is for us */
#define START_UP_MS 500		/* after this a run that goes on no longer holds up refilling */
#define SWEEP_MS 60000
#define LOOK_MS 1000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed;

/* All below under the lock. */
enum state { MAKING, WARM, OUT, LEAVING, REMOVING, STATES };
static struct box *boxes[STATES];		/* by state, linked by next */
static struct lang *languages;
static size_t languages_count;
static int making[LANGUAGES_MAX];
static uid_t next_uid;				/* counted from BOX_UID_FIRST */
static struct demand demands[LANGUAGES_MAX];
static int64_t taken_at, swept_at, looked_at, retry_at;
static bool engine = true, stopping, scarce;
static int makers;				/* how many may be made ahead at a time */

static struct metric warm = METRIC_GAUGE("viva_pool_warm", "Containers that are warm.", "language");
static struct metric target = METRIC_GAUGE("viva_pool_target", "Containers that ought to be warm.", "language");
static struct metric misses =
    METRIC_COUNTER("viva_pool_misses_total", "Runs that found no warm container.", "language");
static struct metric refill =
    METRIC_SECONDS("viva_pool_refill_seconds", "What making a warm container takes.", "language");

static void
push(enum state s, struct box *b)
{
	b->next = boxes[s];
	boxes[s] = b;
}

/* Behind all others, so that one that cannot be removed does not hold them up. */
static void
push_last(enum state s, struct box *b)
{
	struct box **p = &boxes[s];

	while (*p != NULL)
		p = &(*p)->next;
	*p = b;
	b->next = NULL;
}

static void
unlink_box(enum state s, const struct box *b)
{
	for (struct box **p = &boxes[s]; *p != NULL; p = &(*p)->next)
		if (*p == b) {
			*p = b->next;
			return;
		}
}

static int
count(enum state s, const struct lang *l)
{
	int n = 0;

	for (struct box *b = boxes[s]; b != NULL; b = b->next)
		n += l == NULL || b->language == l;
	return n;
}

/* The engine's health is told once for each change. */
static void
engine_is(bool answers, const char *why)
{
	if (engine != answers) {
		if (answers)
			log_info("the container engine answers again");
		else
			log_error("the container engine cannot be used, runs wait: %s", why);
	}
	engine = answers;
	if (!answers)
		retry_at = clock_mono_ms() + 1000;
}

bool
pool_engine(void)
{
	pthread_mutex_lock(&lock);
	bool answers = engine;
	pthread_mutex_unlock(&lock);
	return answers;
}

/* How many ought to be warm. */
static int
target_of(const struct lang *l, int64_t now)
{
	int most = settings.slots > l->warm ? settings.slots : l->warm;
	int target = demand_target(&demands[l->number], now, l->warm);

	if (l->image == NULL || scarce)
		return 0;
	return target < most ? target : most;
}

static bool
wanted(const struct lang *l, int64_t now)
{
	return count(WARM, l) + making[l->number] < target_of(l, now);
}

static void
tell(int64_t now)
{
	for (size_t i = 0; i < languages_count; i++) {
		metric_set(&warm, count(WARM, &languages[i]), languages[i].name, NULL);
		metric_set(&target, target_of(&languages[i], now), languages[i].name, NULL);
	}
}

/* Under the lock. */
static bool
uid_is_free(uid_t uid)
{
	for (size_t s = 0; s < STATES; s++)
		for (struct box *b = boxes[s]; b != NULL; b = b->next)
			if (b->uid == uid)
				return false;
	return true;
}

/* Under the lock. A user that no box has, and that none had lately; 0 when all are taken. */
static uid_t
free_uid(void)
{
	for (uid_t i = 0; i < BOX_UIDS; i++) {
		uid_t uid = BOX_UID_FIRST + next_uid++ % BOX_UIDS;
		if (uid_is_free(uid))
			return uid;
	}
	return 0;
}

struct box *
pool_make(const struct box_wish *wish, struct docker *d, struct err *err)
{
	struct box *b = calloc(1, sizeof(*b));

	if (b == NULL)
		abort();
	pthread_mutex_lock(&lock);
	uid_t uid = free_uid();
	box_name(b, wish, uid);
	push(MAKING, b);	/* the table knows a container while it is made, too */
	pthread_mutex_unlock(&lock);
	int r = uid != 0 ? box_make(b, wish, d, err) : err_set(err, ERR_BUSY, "all %u users have a sandbox", BOX_UIDS);
	pthread_mutex_lock(&lock);
	unlink_box(MAKING, b);
	push(r == 0 ? OUT : LEAVING, b);
	if (r == 0 || (uid != 0 && wish->mount_count == 0))	/* what somebody wants mounted may just be wrong */
		engine_is(r == 0, err->detail);
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	return r == 0 ? b : NULL;
}

/* Under the lock. What the warm ones, and those that are being made, take of memory. */
static int64_t
spent(void)
{
	int64_t bytes = 0;

	for (struct box *b = boxes[WARM]; b != NULL; b = b->next)
		bytes += demand_cost(&demands[b->language->number]);
	for (size_t i = 0; i < languages_count; i++)
		bytes += making[i] * demand_cost(&demands[i]);
	return bytes;
}

/* Under the lock. The oldest first: it is the one whose start-up is surely over. */
static struct box *
oldest(const struct lang *l)
{
	struct box *found = NULL;

	for (struct box *b = boxes[WARM]; b != NULL; b = b->next)
		if (b->language == l)
			found = b;
	if (found != NULL)
		unlink_box(WARM, found);
	return found;
}

/* Under the lock. */
static struct box *
take_warm(const struct lang *l)
{
	struct box *b;

	while ((b = oldest(l)) != NULL && !box_alive(b))
		push(LEAVING, b);
	if (b != NULL) {
		push(OUT, b);
		box_wake(b);
	}
	return b;
}

struct box *
pool_take(const struct lang *l)
{
	pthread_mutex_lock(&lock);
	taken_at = clock_mono_ms();
	demand_asked(&demands[l->number], taken_at);
	struct box *b = take_warm(l);
	pthread_mutex_unlock(&lock);
	metric_add(&misses, b == NULL, l->name, NULL);
	return b;
}

struct box *
pool_spare(const struct lang *l)
{
	pthread_mutex_lock(&lock);
	struct box *b = count(WARM, l) > 1 ? take_warm(l) : NULL;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	return b;
}

void
pool_leave(struct box *b)
{
	pthread_mutex_lock(&lock);
	unlink_box(OUT, b);
	push(LEAVING, b);
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
}

/* Under the lock, released while the engine works. */
static void
remove_one(struct docker *d)
{
	struct box *b = boxes[LEAVING];
	struct err err = { 0 };

	unlink_box(LEAVING, b);
	push(REMOVING, b);
	pthread_mutex_unlock(&lock);
	int r = box_remove(b, d, &err);
	pthread_mutex_lock(&lock);
	unlink_box(REMOVING, b);
	if (r < 0) {
		engine_is(false, err.detail);
		push_last(LEAVING, b);
	} else
		free(b);
	pthread_cond_broadcast(&changed);
}

static void
make_one(struct lang *l, struct docker *d)
{
	struct box_wish wish = { .language = l, .class = BOX_RUN, .ahead = true };
	struct err err = { 0 };
	int64_t began = clock_mono_ms();

	making[l->number]++;
	pthread_mutex_unlock(&lock);
	struct box *b = pool_make(&wish, d, &err);
	pthread_mutex_lock(&lock);
	making[l->number]--;
	if (b == NULL)
		return;
	demand_made(&demands[l->number], clock_mono_ms() - began, cgroup_memory(&b->cgroup));
	metric_seconds(&refill, clock_mono_ms() - began, l->name, NULL);
	unlink_box(OUT, b);
	push(stopping ? LEAVING : WARM, b);
	pthread_cond_broadcast(&changed);
}

static void
evict(struct box *b)
{
	unlink_box(WARM, b);
	push(LEAVING, b);
}

/* Less than so much can be had, or than a tenth of all. */
static bool
memory_is_scarce(long kb)
{
	FILE *f = fopen("/proc/meminfo", "re");
	char line[128];
	long total = 0, available = LONG_MAX;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		sscanf(line, "MemTotal: %ld", &total);
		sscanf(line, "MemAvailable: %ld", &available);
	}
	if (f != NULL)
		fclose(f);
	return available < (total / 10 < kb ? total / 10 : kb);
}

/* Warm boxes whose init is gone: the engine was restarted, or somebody removed them. */
static void
look_at_warm(void)
{
	for (struct box *b = boxes[WARM], *next; b != NULL; b = next) {
		next = b->next;
		if (box_alive(b))
			continue;
		log_info("%s died while it waited; it is replaced", b->name);
		evict(b);
	}
}

/* A warm box of the language that was not asked for for longest, if that was before `before`. */
static struct box *
least_used(int64_t before)
{
	struct box *found = NULL;

	for (struct box *b = boxes[WARM]; b != NULL; b = b->next)
		if (demands[b->language->number].last_ms < before) {
			before = demands[b->language->number].last_ms;
			found = b;
		}
	return found;
}

/* Whether one more of a language fits into the memory we may use, if need be in the place of one that is used less. */
static bool
has_room(const struct lang *l)
{
	const struct demand *d = &demands[l->number];
	struct box *other;

	while (spent() + demand_cost(d) > settings.warm_bytes) {
		if ((other = least_used(d->last_ms)) == NULL)
			return false;
		evict(other);
	}
	return true;
}

/* Whether l is to be made before another: it was asked for later, or nobody asked for either and its rank says so. */
static bool
sooner(const struct lang *l, const struct lang *other)
{
	int64_t a = demands[l->number].last_ms, b = demands[other->number].last_ms;

	return a != b ? a > b : l->rank < other->rank;
}

/*
 * What to make ahead now: a language that has none left before one that has some, the one that was asked for last
 * before others. While a run starts up, only what has none left.
 */
static struct lang *
to_make(int64_t now)
{
	bool quiet = boxes[OUT] == NULL || now - taken_at >= START_UP_MS, none = false;
	struct lang *best = NULL;
	int busy = 0;

	for (size_t i = 0; i < languages_count; i++)
		busy += making[i];
	if (stopping || now < retry_at || busy >= makers)
		return NULL;
	for (size_t i = 0; i < languages_count; i++) {
		struct lang *l = &languages[i];
		bool empty = count(WARM, l) == 0;
		if (!wanted(l, now) || (!quiet && !empty) || (none && !empty))
			continue;
		if (best == NULL || (empty && !none) || sooner(l, best))
			best = l;
		none |= empty;
	}
	return best != NULL && has_room(best) ? best : NULL;
}

/* A warm box that there is no reason to keep: of a language that nobody uses any more, beyond what it always has. */
static struct box *
forgotten(int64_t now)
{
	for (struct box *b = boxes[WARM]; b != NULL; b = b->next)
		if (now - demands[b->language->number].last_ms >= DEMAND_RECENT_MS &&
		    count(WARM, b->language) > target_of(b->language, now))
			return b;
	return NULL;
}

/* Each second. */
static void
look_at_memory(int64_t now)
{
	bool was = scarce;

	scarce = memory_is_scarce(SCARCE_KB);
	if (scarce && !was)
		log_warn("memory is short: containers are not kept warm for now");
	else if (was && !scarce)
		log_info("there is memory again: containers are kept warm");
	struct box *b = scarce ? least_used(INT64_MAX) : forgotten(now);
	if (b != NULL)
		evict(b);
}

static void
wait_a_little(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += 100000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	pthread_cond_timedwait(&changed, &lock, &t);
}

/* Under the lock. One thing to do, or a little wait. */
static void
keep(struct docker *d)
{
	int64_t now = clock_mono_ms();
	struct lang *l;
	struct err err = { 0 };

	if (now - looked_at >= LOOK_MS) {
		looked_at = now;
		tell(now);
		look_at_warm();
		look_at_memory(now);
	}
	if (boxes[LEAVING] != NULL && now >= retry_at)
		remove_one(d);
	else if ((l = to_make(now)) != NULL)
		make_one(l, d);
	else if (now - swept_at >= SWEEP_MS && now >= retry_at && !stopping) {
		swept_at = now;
		pthread_mutex_unlock(&lock);
		if (pool_sweep(d, &err) < 0)
			log_warn("sweep: %s", err.detail);
		pthread_mutex_lock(&lock);
	} else
		wait_a_little();
}

static void *
keeper(void *arg)
{
	struct docker *d = docker_new(settings.docker);

	(void)arg;
	pthread_mutex_lock(&lock);
	for (;;)
		keep(d);
	return NULL;
}

void
pool_start(struct lang *table, size_t n)
{
	pthread_condattr_t monotonic;
	pthread_t thread;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&changed, &monotonic);
	languages = table;
	languages_count = n;
	makers = sysconf(_SC_NPROCESSORS_ONLN) > 2 ? (int)sysconf(_SC_NPROCESSORS_ONLN) - 1 : 1;
	swept_at = clock_mono_ms();
	next_uid = (uid_t)getpid() % BOX_UIDS;	/* another runner on this host begins elsewhere */
	for (int i = 0; i < KEEPERS; i++)
		if (pthread_create(&thread, NULL, keeper, NULL) != 0)
			abort();
}

static bool
known(const char *name)
{
	bool found = false;

	pthread_mutex_lock(&lock);
	for (size_t s = 0; s < STATES; s++)
		for (struct box *b = boxes[s]; b != NULL; b = b->next)
			found |= strcmp(b->name, name) == 0;
	pthread_mutex_unlock(&lock);
	return found;
}

/* Directories without a box: their containers are gone by now. */
static void
sweep_directories(void)
{
	DIR *dir = opendir(settings.jobs);
	struct box b = { .sock = -1 };

	for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
		if (strncmp(e->d_name, "viva-", 5) != 0 || strlen(e->d_name) >= sizeof(b.name) || known(e->d_name))
			continue;
		memcpy(b.name, e->d_name, strlen(e->d_name) + 1);
		box_forget(&b);
	}
	if (dir != NULL)
		closedir(dir);
}

int
pool_sweep(struct docker *d, struct err *err)
{
	struct arena *a = arena_new(4096);
	const char **names;
	int removed = 0, r = docker_list(d, a, err, BOX_LABEL, settings.jobs_host, &names);

	for (size_t i = 0; r == 0 && names[i] != NULL; i++) {
		if (known(names[i]))
			continue;
		r = docker_remove(d, err, names[i]);
		removed += r == 0;
	}
	if (removed > 0)
		log_info("removed %d containers that were left behind", removed);
	if (r == 0)
		sweep_directories();
	arena_free(a);
	return r;
}

void
pool_stop(int ms)
{
	int64_t until = clock_mono_ms() + ms;

	pthread_mutex_lock(&lock);
	stopping = true;
	while (boxes[WARM] != NULL)
		evict(boxes[WARM]);
	pthread_cond_broadcast(&changed);
	while (clock_mono_ms() < until) {
		bool busy = boxes[LEAVING] != NULL || boxes[REMOVING] != NULL;
		for (size_t i = 0; i < languages_count; i++)
			busy |= making[i] > 0;
		if (!busy)
			break;
		wait_a_little();
	}
	pthread_mutex_unlock(&lock);
}
