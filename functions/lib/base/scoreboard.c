/*
 * scoreboard.c - see scoreboard.h.
 *
 * Counters are added to without order between them (relaxed): a reader that needs the sum of two has to live with
 * neighbouring moments anyway. Only a slot's state is released and acquired, after what it speaks of.
 */
#include "scoreboard.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const uint32_t board_bounds[BOARD_BUCKETS] = { 100, 250, 500, 1000, 2500, 5000, 7500, 10000, 15000, 25000, 50000,
	75000, 100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000, 30000000 };

static struct board *
map(int fd, int rights)
{
	void *at = mmap(NULL, sizeof(struct board), rights, fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED, fd, 0);

	return at == MAP_FAILED ? NULL : at;
}

static bool
is_whole(const struct board *b)
{
	return b->magic == BOARD_MAGIC && b->size == sizeof(*b);
}

/* A file that is too short would kill who looks at its end. */
static struct board *
map_file(int fd, int rights)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return NULL;
	if (st.st_size != sizeof(struct board)) {
		errno = ENOEXEC;
		return NULL;
	}
	struct board *b = map(fd, rights);
	if (b == NULL || is_whole(b))
		return b;
	munmap(b, sizeof(*b));
	errno = ENOEXEC;
	return NULL;
}

static void
set_up(struct board *b, const char *name)
{
	strncpy(b->name, name, sizeof(b->name) - 1);
	b->size = sizeof(*b);
	b->magic = BOARD_MAGIC;
}

/* All of its room is taken at once: a page that finds none on a full disk would kill who writes to it. */
static struct board *
make_in(int fd, const char *name)
{
	struct board *b = (errno = posix_fallocate(fd, 0, sizeof(*b))) == 0 ? map(fd, PROT_READ | PROT_WRITE) : NULL;

	if (b != NULL)
		set_up(b, name);
	return b;
}

/* Made beside and moved into place: nobody finds half a board. */
static struct board *
make(const char *path, const char *name, int *fd)
{
	char beside[512];
	struct board *b = NULL;

	if (snprintf(beside, sizeof(beside), "%s.new", path) >= (int)sizeof(beside)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	*fd = open(beside, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (*fd >= 0 && fchmod(*fd, 0640) == 0)
		b = make_in(*fd, name);
	if (b != NULL && rename(beside, path) == 0)
		return b;
	int why = errno;
	unlink(beside);
	board_free(b);
	if (*fd >= 0)
		close(*fd);
	errno = why;
	return NULL;
}

/* Where the disk is full: the function is served, though nobody can read how. */
static struct board *
make_unseen(const char *name, int *fd)
{
	*fd = memfd_create("board", MFD_CLOEXEC);
	return *fd >= 0 ? make_in(*fd, name) : NULL;
}

struct board *
board_open(const char *path, const char *name, int *fd)
{
	*fd = open(path, O_RDWR | O_CLOEXEC);
	struct board *b = *fd >= 0 ? map_file(*fd, PROT_READ | PROT_WRITE) : NULL;
	if (b != NULL)
		return b;
	if (*fd >= 0)
		close(*fd);
	b = make(path, name, fd);
	return b != NULL || errno != ENOSPC ? b : make_unseen(name, fd);
}

struct board *
board_map(int fd)
{
	return map_file(fd, PROT_READ | PROT_WRITE);
}

struct board *
board_private(void)
{
	struct board *b = map(-1, PROT_READ | PROT_WRITE);

	if (b == NULL)
		abort();
	set_up(b, "");
	return b;
}

const struct board *
board_read(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct board *b = fd >= 0 ? map_file(fd, PROT_READ) : NULL;
	int why = errno;

	if (fd >= 0)
		close(fd);
	errno = why;
	return b;
}

void
board_free(const struct board *b)
{
	if (b != NULL)
		munmap((void *)(uintptr_t)b, sizeof(*b));
}

static void
add(_Atomic uint64_t *to, uint64_t n)
{
	atomic_fetch_add_explicit(to, n, memory_order_relaxed);
}

static void
add_time(struct board_times *t, int64_t us)
{
	size_t i = 0;

	while (i < BOARD_BUCKETS && us > board_bounds[i])
		i++;
	add(&t->count[i], 1);
	add(&t->total_us, us > 0 ? (uint64_t)us : 0);
}

void
board_state(struct slot *s, enum slot_state state, int64_t now_us)
{
	atomic_store_explicit(&s->since, now_us, memory_order_relaxed);
	atomic_store_explicit(&s->state, state, memory_order_release);
}

int64_t
board_since(const struct slot *s)
{
	return atomic_load_explicit(&s->since, memory_order_relaxed);
}

void
board_come(struct slot *s, int64_t now_us)
{
	s->request[0] = '\0';
	board_state(s, SLOT_BUSY, now_us);
}

void
board_begin(struct board *b, struct slot *s, const char *request, int64_t waited_us)
{
	strncpy(s->request, request, sizeof(s->request) - 1);
	if (waited_us >= 0)
		add_time(&b->waited, waited_us);
}

void
board_answered(struct board *b, struct slot *s, unsigned place, int status, int64_t now_us)
{
	struct board_operation *o = &b->operations[place];

	add_time(&o->took, now_us - board_since(s));
	add(&o->answers[status >= 100 && status < 600 ? status / 100 : 5], 1);
	add(&s->served, 1);
}

void
board_count(struct board *b, enum board_event event)
{
	add(&b->events[event], 1);
}

enum slot_state
board_look(const struct slot *s)
{
	enum slot_state state = atomic_load_explicit(&s->state, memory_order_acquire);

	return state != SLOT_FREE && atomic_load_explicit(&s->leaving, memory_order_relaxed) ? SLOT_LEAVING : state;
}

unsigned
board_operations(const struct board *b)
{
	unsigned named = atomic_load_explicit(&b->named, memory_order_acquire);

	return 1 + (named < BOARD_OPERATIONS ? named : BOARD_OPERATIONS - 1);
}

/* The name is there before it is counted: who is killed in between has taken no place. */
unsigned
board_place(struct board *b, const char *operation)
{
	unsigned n = board_operations(b);

	for (unsigned i = 1; i < n; i++)
		if (strncmp(b->operations[i].name, operation, BOARD_NAME - 1) == 0)
			return i;
	if (n == BOARD_OPERATIONS)
		return 0;
	strncpy(b->operations[n].name, operation, BOARD_NAME - 1);
	atomic_store_explicit(&b->named, n, memory_order_release);
	return n;
}

void
board_name(const struct board *b, unsigned place, char out[BOARD_NAME])
{
	const char *name = place == 0 ? "other" : b->operations[place].name;
	size_t len = 0;

	for (; len < BOARD_NAME - 1 && name[len] != '\0'; len++)
		out[len] = isalnum((unsigned char)name[len]) ? name[len] : '_';
	out[len] = '\0';
}

void
board_sum(const struct board *b, struct board_operation *out)
{
	unsigned n = board_operations(b);

	*out = (struct board_operation){ 0 };
	for (unsigned i = 0; i < n; i++) {
		const struct board_operation *o = &b->operations[i];
		for (size_t class = 0; class < 6; class ++)
			out->answers[class] += o->answers[class];
		for (size_t j = 0; j <= BOARD_BUCKETS; j++)
			out->took.count[j] += o->took.count[j];
		out->took.total_us += o->took.total_us;
	}
}

uint64_t
board_answers(const struct board_operation *o, int from, int to)
{
	uint64_t n = 0;

	for (int i = from; i <= to; i++)
		n += o->answers[i];
	return n;
}

unsigned
board_workers(const struct board *b, enum slot_state state)
{
	unsigned n = 0;

	for (size_t i = 0; i < BOARD_SLOTS; i++)
		n += board_look(&b->slots[i]) == state;
	return n;
}
