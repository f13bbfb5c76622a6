/*
 * health.c - GET /api/health: whether the parts this deployment needs answer.
 *
 * Each part is asked now, and asked for what it is needed for: a statement, a command, a message published. The
 * reason of a failure goes to the log: this page is for anybody.
 */
#include "api.h"
#include "log.h"
#include "queries_system.h"

#define PARTS 5

static int
postgres(struct fn *fn)
{
	struct alive_row *row;

	return alive(fn->pg, &row) < 0 ? -1 : 0;
}

static int
redis(struct fn *fn)
{
	return redis_cmd(fn->redis, "PING") == NULL ? -1 : 0;
}

static int
publish(struct fn *fn, struct realtime *instance)
{
	if (realtime_publish_text(instance, &fn->err, "health", "{}", 2) < 0)
		return -1;
	return realtime_flush(instance, &fn->err);
}

static int
realtime(struct fn *fn)
{
	return publish(fn, fn->realtime);
}

static int
signals(struct fn *fn)
{
	return publish(fn, fn->signals);
}

static int
runner(struct fn *fn)
{
	redisReply *seen = redis_cmd(fn->redis, "EXISTS runner:seen");

	if (seen == NULL)
		return -1;
	if (seen->integer == 0)
		return err_set(&fn->err, ERR_BUSY, "no runner has said that it can take jobs");
	return 0;
}

static const struct {
	const char *name, *without;
	int (*ask)(struct fn *fn);
} parts[PARTS] = {
	{ "postgres", "nothing can be opened or stored", postgres },
	{ "redis", "documents and runs cannot be written", redis },
	{ "realtime", "edits and output are not shown live", realtime },
	{ "signals", "calls cannot begin", signals },
	{ "runner", "code can be edited, but does not run", runner },
};

int
system_health(struct fn *fn, struct health *out)
{
	out->status = HEALTH_STATUS_OK;
	out->parts = arena_array(fn->arena, PARTS, sizeof(*out->parts));
	out->parts_count = PARTS;
	for (int i = 0; i < PARTS; i++) {
		struct health_part *part = &out->parts[i];
		part->name = parts[i].name;
		part->ok = parts[i].ask(fn) == 0;
		if (part->ok)
			continue;
		log_warn("health: %s: %s", part->name, fn->err.detail);
		err_clear(&fn->err);
		part->detail = parts[i].without;
		out->status = HEALTH_STATUS_DEGRADED;
	}
	return 0;
}
