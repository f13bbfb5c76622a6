/*
 * new.c - fn new: a function that builds, is served and is tested, for its author to change.
 *
 * It is made in the tree that is the current directory. Whatever could be wrong (a name that is taken, a contract in
 * which the place for an operation is not found) is noticed before the first file is written.
 */
#include "command.h"

#include "draft.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define NAME_MAX_LETTERS 24	/* a user is called viva_<name>, and has 32 */
#define CONTRACT "schemas/api.yaml"
#define ROLES "schemas/sql/roles.sql"

/* What is new: a file of the skeleton, where it goes (%s is the name), and what it is. */
static const struct fresh {
	const char *file, *path, *what;
} fresh[] = {
	{ "hello.c", "functions/%s/hello.c", "what it does, in C" },
	{ "queries.sql", "functions/%s/queries.sql", "its SQL" },
	{ "pool.conf", "functions/%s/pool.conf", "how many workers it may have" },
	{ "README.md", "functions/%s/README.md", "what it is, for who comes next" },
	{ "api.test.mjs", "tests/api/%s.test.mjs", "its test, on a stack that runs" },
};
#define FRESH (sizeof(fresh) / sizeof(*fresh))

/* Of no use, but in the way: a folder of the library has its name, or other functions have its places. */
static const char *const taken[] = { "functions/%s", "functions/lib/%s", "tests/api/%s.test.mjs" };

/* What is known already, where it would be the function's. */
static const struct {
	const char *path, *text;
} known[] = {
	{ CONTRACT, "operationId: %s_" },
	{ CONTRACT, " /api/%s:" },
	{ CONTRACT, " /api/%s/" },
	{ ROLES, "'viva_%s'" },
};

struct plan {
	const char *name;
	struct buf files[FRESH];
	struct buf contract, roles;	/* as they shall be */
};

static int
refuse(int code, const char *what, const char *why)
{
	fprintf(stderr, "fn: %s: %s\n", what, why);
	return code;
}

static int
check_name(const char *name)
{
	size_t length = strlen(name);

	if (length > 0 && length <= NAME_MAX_LETTERS && strspn(name, LETTERS) == length)
		return 0;
	return refuse(EX_USAGE, name,
	    "a function's name is lower-case letters, 24 at most (what follows a _ is the name of an operation)");
}

static int
check_free(const struct plan *p)
{
	char at[256];

	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++) {
		snprintf(at, sizeof(at), taken[i], p->name);
		if (access(at, F_OK) == 0)
			return refuse(EX_CANTCREAT, at, "is there already; choose another name, or remove it first");
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		const struct buf *in = strcmp(known[i].path, CONTRACT) == 0 ? &p->contract : &p->roles;
		snprintf(at, sizeof(at), known[i].text, p->name);
		if (memmem(in->data, in->len, at, strlen(at)) != NULL) {
			fprintf(stderr, "fn: %s has `%s` already; choose another name\n", known[i].path,
			    at + strspn(at, " "));
			return EX_CANTCREAT;
		}
	}
	return 0;
}

static int
add(struct buf *text, const char *path, const char *anchor, bool behind, struct buf *what)
{
	if (draft_insert(text, anchor, behind, what) == 0)
		return 0;
	fprintf(stderr, "fn: %s: its place is not found: one line `%s`\n", path, anchor + strspn(anchor, "\n "));
	return EX_DATAERR;
}

/* The contract and the roles with the function in them. */
static int
extend(struct plan *p)
{
	struct buf operation = { 0 }, schema = { 0 }, role = { 0 };
	int code = EX_NOINPUT;

	buf_printf(&role, "'viva_%s', ", p->name);
	if (draft_skeleton("operation.yaml", p->name, &operation) < 0
	    || draft_skeleton("schema.yaml", p->name, &schema) < 0)
		refuse(code, "functions/lib/command/skeleton", strerror(errno));
	else if ((code = add(&p->contract, CONTRACT, "\nwebhooks:\n", false, &operation)) == 0
	    && (code = add(&p->contract, CONTRACT, "\n  schemas:\n", true, &schema)) == 0)
		code = add(&p->roles, ROLES, " IN ARRAY ARRAY[", true, &role);
	buf_free(&operation);
	buf_free(&schema);
	buf_free(&role);
	return code;
}

static int
think(struct plan *p)
{
	int code;

	if (draft_read(CONTRACT, &p->contract) < 0)
		return refuse(EX_NOINPUT, CONTRACT, "is not here: go to the top of the tree first");
	if (draft_read(ROLES, &p->roles) < 0)
		return refuse(EX_NOINPUT, ROLES, strerror(errno));
	if ((code = check_free(p)) != 0 || (code = extend(p)) != 0)
		return code;
	for (size_t i = 0; i < FRESH; i++)
		if (draft_skeleton(fresh[i].file, p->name, &p->files[i]) < 0)
			return refuse(EX_NOINPUT, fresh[i].file, strerror(errno));
	return 0;
}

static int
said(const char *path, const char *what, int failed)
{
	if (failed < 0) {
		fprintf(stderr, "fn: %s: %s; what is listed above was made, the rest was not\n", path, strerror(errno));
		return EX_CANTCREAT;
	}
	printf("  %-34s %s\n", path, what);
	return 0;
}

static int
make(const struct plan *p)
{
	char path[256];
	int code = 0;

	snprintf(path, sizeof(path), "functions/%s", p->name);
	if (mkdir(path, 0777) < 0)
		return refuse(EX_CANTCREAT, path, strerror(errno));
	for (size_t i = 0; code == 0 && i < FRESH; i++) {
		snprintf(path, sizeof(path), fresh[i].path, p->name);
		code = said(path, fresh[i].what, draft_create(path, &p->files[i]));
	}
	if (code == 0)
		code = said(ROLES, "its database role", draft_replace(ROLES, &p->roles));
	if (code == 0)
		code = said(CONTRACT, "what it takes and answers", draft_replace(CONTRACT, &p->contract));
	return code;
}

static void
tell_next(const char *name)
{
	printf("\n"
	       "Build it and ask it, without anything else that runs:\n"
	       "  make build/fn/%s\n"
	       "  build/bin/fn invoke %s GET '/api/%s?name=Ann'\n"
	       "\n"
	       "Then say in " CONTRACT " what it shall take and answer; the compiler says what is missing.\n"
	       "`make run` serves it, and on that stack its test passes:\n"
	       "  VIVA_URL=http://127.0.0.1:8080 VIVA_STATE=.viva node --test tests/api/%s.test.mjs\n",
	    name, name, name, name);
}

int
command_new(int argc, char **argv)
{
	struct plan p = { 0 };

	if (argc != 1)
		return command_usage("new needs one name");
	p.name = argv[0];
	int code = check_name(p.name);
	if (code == 0 && (code = think(&p)) == 0 && (code = make(&p)) == 0)
		tell_next(p.name);
	for (size_t i = 0; i < FRESH; i++)
		buf_free(&p.files[i]);
	buf_free(&p.contract);
	buf_free(&p.roles);
	return code;
}
