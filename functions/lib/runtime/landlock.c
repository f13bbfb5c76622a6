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

static int
add_rules(int set, const struct landlock_rules *rules, uint64_t known)
{
	for (const char *const *path = rules->readable; *path != NULL; path++)
		if (allow(set, *path, READ & known) < 0)
			return -1;
	return rules->writable == NULL ? 0 : allow(set, rules->writable, WRITE & known);
}

int
landlock_confine(const struct landlock_rules *rules)
{
	int version = (int)syscall(CREATE_RULESET, NULL, 0, ASK_VERSION);

	if (version < 0)
		return errno == ENOSYS || errno == EOPNOTSUPP || errno == EPERM ? 0 : -1;
	struct ruleset all = { .fs = rights_of(version) };
	if (version >= 4 && !rules->network)
		all.net = TCP;
	if (version >= 6)
		all.scoped = SCOPES;
	int set = (int)syscall(CREATE_RULESET, &all, sizeof(all), 0);
	if (set < 0)
		return -1;
	int r = add_rules(set, rules, all.fs) < 0 ? -1 : (int)syscall(RESTRICT_SELF, set, 0);
	close(set);
	return r < 0 ? -1 : version;
}
