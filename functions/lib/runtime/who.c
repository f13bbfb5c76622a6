/*
 * who.c - who calls, and whether they may.
 *
 * A token comes in `Authorization: Bearer` or, without that, in the cookie `viva`. On an operation for
 * anyone a token that is no good counts as none (one refreshes with an expired one); everywhere else it is
 * refused. A guest's token names its one room and is good for no other.
 *
 * Where an operation confirms (fn_confirm() of fn.h), who calls comes from memory if it is there and lets them in:
 * nobody is refused for what is only remembered.
 */
#include "request.h"

#include "clock.h"
#include "log.h"
#include "members.h"
#include "tokens.h"

#include <string.h>
#include <strings.h>

static struct jwt_keys *keys;

int
who_init(struct err *e)
{
	keys = jwt_keys_load(e, 0);
	return keys != NULL ? 0 : -1;
}

static const char *
token_of(const struct request *r)
{
	const char *header = r->authorization;

	if (header == NULL)
		return fn_cookie(&r->fn, "viva");
	if (strncasecmp(header, "Bearer ", 7) != 0)
		return "";
	return header + 7 + strspn(header + 7, " ");
}

/* Finds out who calls; fn.who stays NULL for nobody. */
static int
identify(struct request *r)
{
	const char *token = token_of(r);

	if (token == NULL)
		return 0;
	if (tokens_verify(keys, r->fn.arena, &r->fn.err, token, clock_wall_ms() / 1000, &r->claims, &r->memo) < 0)
		return -1;
	r->fn.who = &r->claims;
	r->fn.account = r->claims.room == NULL ? r->claims.subject : NULL;
	return 0;
}

static bool
is_one_of(const char *role, const char *const *roles)
{
	for (; *roles != NULL; roles++)
		if (strcmp(role, *roles) == 0)
			return true;
	return false;
}

static bool
role_allows(const char *role, enum who least)
{
	static const char *const editors[] = { "owner", "interviewer", "candidate", NULL };
	static const char *const interviewers[] = { "owner", "interviewer", NULL };
	static const char *const owners[] = { "owner", NULL };

	switch (least) {
	case WHO_EDITOR:
		return is_one_of(role, editors);
	case WHO_INTERVIEWER:
		return is_one_of(role, interviewers);
	case WHO_OWNER:
		return is_one_of(role, owners);
	default:
		return true;
	}
}

static int
check_role(struct fn *fn, enum who least)
{
	if (!role_allows(fn->me.role, least))
		return err_set(&fn->err, ERR_DENIED, "your role in this room (%s) does not allow it", fn->me.role);
	if (least >= WHO_EDITOR && fn->me.ended)
		return err_set(&fn->err, ERR_GONE, "the interview has ended: the room can be read, not changed");
	return 0;
}

/* A guest is in one room only. */
static bool
is_elsewhere(const struct fn *fn, const char *room)
{
	return fn->who->room != NULL && room != NULL && strcmp(fn->who->room, room) != 0;
}

static int
look_up(struct fn *fn, const char *room)
{
	if (is_elsewhere(fn, room))
		return err_set(&fn->err, ERR_NOT_FOUND, "there is no such room, or you are not in it");
	return members_look_up(fn, fn->who->session, room, fn->who->subject);
}

int
fn_enter(struct fn *fn, const char *room, enum who least)
{
	if (fn->who == NULL)
		return err_set(&fn->err, ERR_UNAUTHENTICATED, "sign in, or join by an invite");
	return look_up(fn, room) < 0 ? -1 : check_role(fn, least);
}

int
fn_confirm(struct fn *fn)
{
	const char *room = fn->me.room;

	if (fn->assumed == NULL)
		return 0;
	members_forget(fn);
	return fn_enter(fn, room, request_of(fn)->route->who);
}

/* Whether memory has a member who may do this, for an operation that confirms it. */
static bool
recall(struct request *r, const char *room)
{
	struct fn *fn = &r->fn;

	if (!r->route->confirms || is_elsewhere(fn, room) ||
	    !members_recall(fn, fn->who->session, room, fn->who->subject))
		return false;
	if (check_role(fn, r->route->who) == 0)
		return true;
	err_clear(&fn->err);
	members_forget(fn);
	return false;
}

/* An operation for anyone: a bad token, or one of an ended session, is no token. */
static int
check_public(struct request *r)
{
	if (identify(r) == 0 && (r->fn.who == NULL || look_up(&r->fn, NULL) == 0))
		return 0;
	err_clear(&r->fn.err);
	r->fn.who = NULL;
	r->fn.account = NULL;
	return 0;
}

int
who_check(struct request *r)
{
	struct fn *fn = &r->fn;
	enum who least = r->route->who;
	const char *room = NULL;

	if (least == WHO_PUBLIC)
		return check_public(r);
	if (identify(r) < 0)
		return -1;
	if (fn->who == NULL)
		return err_set(&fn->err, ERR_UNAUTHENTICATED, "sign in, or join by an invite");
	if (least == WHO_ACCOUNT && fn->account == NULL)
		return err_set(&fn->err, ERR_DENIED, "this needs an account, and you are a guest");
	if (least >= WHO_MEMBER)
		memcpy(&room, (const char *)r->call.params + r->route->room_at, sizeof(room));
	if (recall(r, room))
		return 0;
	if (look_up(fn, room) < 0)
		return -1;
	return least >= WHO_MEMBER ? check_role(fn, least) : 0;
}
