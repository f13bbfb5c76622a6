/*
 * identity.c - see identity.h.
 */
#include "identity.h"

#include "log.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

struct identity identity = { .caller = (uid_t)-1, .dispatch = (gid_t)-1 };

/* `option` names another. */
static bool
find_user(const char *name, char option, uid_t *out)
{
	const struct passwd *p = getpwnam(name);

	if (p != NULL)
		*out = p->pw_uid;
	else
		log_error("there is no user %s: create it, or name another with -%c", name, option);
	return p != NULL;
}

static gid_t
group_or(const char *name, gid_t otherwise)
{
	const struct group *g = getgrnam(name);

	return g != NULL ? g->gr_gid : otherwise;
}

bool
identity_find(const char *user, const char *group, const char *caller)
{
	const gid_t none = (gid_t)-1, gid = group_or(group, none);

	identity.change = geteuid() == 0;
	if (!identity.change)
		return true;
	if (gid == none)
		log_error("there is no group %s: create it, or name another with -g", group);
	identity.gid = gid;
	identity.dispatch = group_or("viva_dispatch", gid);	/* without one the dispatcher is as everybody is */
	identity.realtime = group_or("viva_realtime", gid);
	identity.signals = group_or("viva_signals", gid);
	return gid != none && find_user(user, 'u', &identity.uid) && find_user(caller, 'c', &identity.caller);
}

/* The groups by which it reaches what is not its own. */
static bool
join_groups(const struct board_limits *limits)
{
	gid_t groups[3] = { identity.gid };
	size_t n = 1;

	if (limits->reach_realtime)
		groups[n++] = identity.realtime;
	if (limits->reach_signals)
		groups[n++] = identity.signals;
	return setgroups(n, groups) == 0;
}

/* The user viva_<name>, where there is one: then no function can read another's files or signal another's workers. */
bool
identity_take(const char *name, const struct board_limits *limits)
{
	char user[64];

	if (!identity.change)
		return true;
	snprintf(user, sizeof(user), "viva_%.48s", name);
	const struct passwd *own = getpwnam(user);
	uid_t uid = own != NULL ? own->pw_uid : identity.uid;
	gid_t gid = own != NULL ? own->pw_gid : identity.gid;
	return join_groups(limits) && setresgid(gid, gid, gid) == 0 && setresuid(uid, uid, uid) == 0;
}
