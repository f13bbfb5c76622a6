/*
 * members.c - see members.h.
 *
 * Redis keeps `participant|role|guest|name` or `-` for half a minute in room:{room}:members, beside `ended`; who
 * changes any of it deletes the key. Filling it races with such a change, so whoever goes to PostgreSQL
 * leaves a mark first, and what it finds is kept only where the mark still stands (members.lua).
 *
 * A process remembers of each caller what it was in the room that it was last asked for. That is never enough to let
 * anybody do anything: it is what the script of an operation compares with Redis (fn_confirm() of fn.h).
 *
 * That a session goes on is remembered too, for the caller's token, and there it is enough: Redis tells of each session
 * that ends (redis_watch.h) before whoever ended it has an answer (session_gone()). Who does not hear Redis asks each
 * time; and everybody asks after TRUST_MS, so that no mistake in this lasts.
 *
 * Without Redis every answer comes from PostgreSQL, and a session that was ended lives until its token expires.
 */
#include "members.h"

#include "clock.h"
#include "log.h"
#include "lua_runtime.h"
#include "queries_runtime.h"
#include "request.h"

#include <string.h>

#define MARK '?'
#define TRUST_MS 10000

static const char *
key_of(struct fn *fn, const char *room)
{
	return arena_printf(fn->arena, "room:{%s}:members", room);
}

/* "participant|role|guest|name" into fn->me; the name is last, since it may hold anything. */
static bool
parse_entry(struct fn *fn, const char *room, const char *entry, bool ended)
{
	char *copy = arena_strdup(fn->arena, entry), *part[3];

	for (int i = 0; i < 3; i++) {
		char *bar = strchr(copy, '|');
		if (bar == NULL)
			return false;
		*bar = '\0';
		part[i] = copy;
		copy = bar + 1;
	}
	fn->me = (struct member){ .room = room, .participant = part[0], .role = part[1], .guest = part[2][0] == '1',
		.name = copy, .ended = ended };
	return true;
}

static void
remember(struct member_memo *memo, const char *room, const char *entry, bool ended)
{
	if (memo == NULL || strlen(entry) >= sizeof(memo->entry) || strlen(room) >= sizeof(memo->room))
		return;
	strcpy(memo->room, room);
	strcpy(memo->entry, entry);
	memo->ended = ended;
}

/* Somebody who was found: into fn->me, and remembered. False where the entry says that it is nobody. */
static bool
found(struct fn *fn, const char *room, const char *entry, bool ended)
{
	if (!parse_entry(fn, room, entry, ended))
		return false;
	remember(request_of(fn)->memo, room, entry, ended);
	return true;
}

static int
not_found(struct fn *fn)
{
	return err_set(&fn->err, ERR_NOT_FOUND, "there is no such room, or you are not in it");
}

/* Leaves a mark, so that members.lua knows whether anything changed since. NULL: Redis is away. */
static const char *
leave_mark(struct fn *fn, const char *key, const char *subject)
{
	struct err before = fn->err;
	char id[ID_LEN + 1];

	id_new(id);
	const char *mark = arena_printf(fn->arena, "%c%s", MARK, id);
	bool ok = redis_send(fn->redis, "HSET %s %s %s", key, subject, mark) == 0
	    && redis_send(fn->redis, "EXPIRE %s 30 NX", key) == 0 && redis_reply(fn->redis) != NULL
	    && redis_reply(fn->redis) != NULL;
	fn->err = before;
	return ok ? mark : NULL;
}

static void
keep(struct fn *fn, const char *key, const char *subject, const char *mark, const char *entry, bool ended)
{
	struct bytes argv[] = { bytes_of(key), bytes_of(subject), bytes_of(mark), bytes_of(entry),
		bytes_of(ended ? "1" : "0") };
	struct err before = fn->err;

	if (redis_eval(fn->redis, &lua_members, 1, 5, argv) == NULL)
		log_warn("membership is not kept: %s", fn->err.detail);
	fn->err = before;
}

static int
from_database(struct fn *fn, const char *room, const char *subject)
{
	const char *key = key_of(fn, room), *mark = leave_mark(fn, key, subject), *entry = "-";
	struct member_get_row *row;
	int n = member_get(fn->pg, &row, room, subject);

	if (n < 0)
		return -1;
	if (n == 0)
		return not_found(fn);
	if (row->participant != NULL)
		entry = arena_printf(fn->arena, "%s|%s|%d|%s", row->participant, row->role, row->guest, row->name);
	if (mark != NULL)
		keep(fn, key, subject, mark, entry, row->ended);
	return found(fn, room, entry, row->ended) ? 0 : not_found(fn);
}

/* What Redis says: 1 known (fn->me is set), 0 not known there, -1 known not to be a member. */
static int
from_cache(struct fn *fn, const char *room, const redisReply *reply)
{
	if (reply == NULL || reply->type != REDIS_REPLY_ARRAY || reply->elements != 2)
		return 0;
	const redisReply *entry = reply->element[0], *ended = reply->element[1];
	if (entry->type != REDIS_REPLY_STRING || ended->type != REDIS_REPLY_STRING || entry->str[0] == MARK)
		return 0;
	if (found(fn, room, entry->str, ended->str[0] == '1'))
		return 1;
	return not_found(fn);
}

/* Whether the session has not been ended, as far as is remembered of it. */
static bool
is_alive(const struct member_memo *memo, uint64_t now)
{
	return memo != NULL && now != 0 && memo->alive == now && clock_mono_ms() - memo->asked < TRUST_MS;
}

/* `now` is from before it was asked for. */
static void
remember_alive(struct member_memo *memo, uint64_t now)
{
	if (memo == NULL)
		return;
	memo->alive = now;
	memo->asked = clock_mono_ms();
}

int
members_look_up(struct fn *fn, const char *session, const char *room, const char *subject)
{
	struct err before = fn->err;
	redisReply *gone = NULL, *cached = NULL;
	struct request *r = request_of(fn);
	uint64_t now = redis_watch_now(r->ended_sessions);

	r->watches |= room == NULL;
	if (room == NULL && is_alive(r->memo, now))
		return 0;
	bool sent = redis_send(fn->redis, "EXISTS session:gone:%s", session) == 0
	    && (room == NULL || redis_send(fn->redis, "HMGET %s %s ended", key_of(fn, room), subject) == 0);
	if (sent && (gone = redis_reply(fn->redis)) != NULL && room != NULL)
		cached = redis_reply(fn->redis);
	if (fn->err.kind != before.kind)
		log_warn("ended sessions are not known now: %s", fn->err.detail);
	fn->err = before;
	if (gone != NULL && gone->integer > 0)
		return err_set(&fn->err, ERR_UNAUTHENTICATED, "this session has ended: sign in again");
	if (gone != NULL)
		remember_alive(r->memo, now);
	if (room == NULL)
		return 0;
	int known = from_cache(fn, room, cached);
	return known > 0 ? 0 : known < 0 ? -1 : from_database(fn, room, subject);
}

bool
members_recall(struct fn *fn, const char *session, const char *room, const char *subject)
{
	const struct member_memo *memo = request_of(fn)->memo;
	struct assumption *assumed = arena_alloc(fn->arena, sizeof(*assumed));

	if (memo == NULL || strcmp(memo->room, room) != 0 || !parse_entry(fn, room, memo->entry, memo->ended))
		return false;
	*assumed = (struct assumption){ .gone = arena_printf(fn->arena, "session:gone:%s", session),
		.members = key_of(fn, room), .subject = subject, .entry = arena_strdup(fn->arena, memo->entry),
		.ended = memo->ended ? "1" : "0" };
	fn->assumed = assumed;
	return true;
}

void
members_forget(struct fn *fn)
{
	struct member_memo *memo = request_of(fn)->memo;

	if (memo != NULL)
		memo->room[0] = '\0';
	fn->assumed = NULL;
	fn->me = (struct member){ 0 };
}

void
fn_members_changed(struct fn *fn, const char *room)
{
	struct err before = fn->err;

	if (redis_cmd(fn->redis, "DEL %s", key_of(fn, room)) == NULL)
		log_error("membership of room %s may be stale for 30 s: %s", room, fn->err.detail);
	fn->err = before;
}
