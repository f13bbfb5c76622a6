/*
 * landlock.c - see landlock.h.
 *
 * The kernel says which version it has, and each knows more rights. Numbers are the kernel's own (its
 * Documentation/userspace-api/landlock.rst), since the headers of a distribution are often older than the kernel.
 */
#include "landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };	/* the same on every architecture */
enum { ASK_VERSION = 1, PATH_BENEATH = 1 };

#define EXECUTE (1ULL << 0)
#define WRITE_FILE (1ULL << 1)
#define READ_FILE (1ULL << 2)
#define READ_DIR (1ULL << 3)
#define REMOVE_DIR (1ULL << 4)
#define REMOVE_FILE (1ULL << 5)
#define MAKE_DIR (1ULL << 7)
#define MAKE_REG (1ULL << 8)
#define REFER (1ULL << 13)
#define TRUNCATE (1ULL << 14)

#define READ (READ_FILE | READ_DIR)
#define WRITE (READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER | TRUNCATE)

#define TCP (1ULL << 0 | 1ULL << 1)	/* bind and connect */
#define SCOPES (1ULL << 0 | 1ULL << 1)	/* abstract unix sockets and signals */

struct ruleset {
	uint64_t fs, net, scoped;
};

/* Every right over files that a version knows. */
static uint64_t
rights_of(int version)
{
	int bits = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13;

	return (1ULL << bits) - 1;
}

static int
allow(int set, const char *path, uint64_t rights)
{
	struct __attribute__((packed)) {
		uint64_t allowed;
		int32_t parent;
	} rule = { .allowed = rights, .parent = open(path, O_PATH | O_CLOEXEC) };

	if (rule.parent < 0)
		return errno == ENOENT || errno == EACCES ? 0 : -1;
	int r = (int)syscall(ADD_RULE, set, PATH_BENEATH, &rule, 0);
	if (r < 0 && errno == EINVAL) {	/* a file has no rights of folders */
		rule.allowed &= READ_FILE | WRITE_FILE | EXECUTE | TRUNCATE;
		r = (int)syscall(ADD_RULE, set, PATH_BENEATH, &rule, 0);
	}
	close(rule.parent);
	return r;
}

/* The rules of everybody. -1 with errno. */
static int
make(struct landlock *l, const char *const *readable, bool network)
{
	struct ruleset all = { .fs = rights_of(l->version) };

	if (l->version >= 4 && !network)
		all.net = TCP;
	if (l->version >= 6)
		all.scoped = SCOPES;
	l->set = (int)syscall(CREATE_RULESET, &all, sizeof(all), 0);
	for (; l->set >= 0 && *readable != NULL; readable++)
		if (allow(l->set, *readable, READ & all.fs) < 0)
			return -1;
	return l->set < 0 ? -1 : 0;
}

int
landlock_prepare(struct landlock *l, const char *const *readable, bool network)
{
	l->version = (int)syscall(CREATE_RULESET, NULL, 0, ASK_VERSION);
	if (l->version >= 0)
		return make(l, readable, network);
	if (errno != ENOSYS && errno != EOPNOTSUPP && errno != EPERM)
		return -1;
	l->version = 0;
	return 0;
}

int
landlock_confine(const struct landlock *l, const char *writable)
{
	if (l->version == 0)
		return 0;
	if (writable != NULL && allow(l->set, writable, WRITE & rights_of(l->version)) < 0)
		return -1;
	int r = (int)syscall(RESTRICT_SELF, l->set, 0);
	close(l->set);
	return r;
}
