/*
 * health.c - GET /api/health: whether the parts this deployment needs answer.
 *
 * Each part is asked, and asked for what it is needed for: a statement, a command, a message published, room on the
 * disk. One that has not answered within two seconds does not, whether it is gone or hangs. What was heard holds for
 * a second, so that who asks often costs nobody anything. The reason of a failure goes to the log: this page is for
 * anybody.
 */
#include "api.h"
#include "clock.h"
#include "config.h"
#include "log.h"
#include "queries_system.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

#define PARTS 6
#define HOLDS_MS 1000
#define PATIENCE_MS 2000	/* as Redis and the broadcasters have it anyway */
#define DISK_LEAST 1073741824.0	/* bytes; what `make status` calls too little as well */
#define RETRY_AFTER "5"

static int
postgres(struct fn *fn)
{
	struct alive_row *row;

	pg_patience(fn->pg, PATIENCE_MS);
	return alive(fn->pg, &row) < 0 ? -1 : 0;
}

static bool redis_is_well;

static int
redis(struct fn *fn)
{
	redis_is_well = redis_cmd(fn->redis, "PING") != NULL;
	if (!redis_is_well)
		return -1;
	/* One whose memory or disk is full is there, and stores nothing. */
	return redis_cmd(fn->redis, "SET health 1 PX 1000") != NULL ? 0 : -1;
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

/* It says so in Redis; one that does not answer is not waited for twice. */
static int
runner(struct fn *fn)
{
	redisReply *seen = redis_is_well ? redis_cmd(fn->redis, "EXISTS runner:seen") : NULL;

	if (!redis_is_well)
		return err_set(&fn->err, ERR_BUSY, "Redis is away, which would know");
	if (seen == NULL)
		return -1;
	if (seen->integer == 0)
		return err_set(&fn->err, ERR_BUSY, "no runner has said that it can take jobs");
	return 0;
}

static int
disk(struct fn *fn)
{
	const char *folder = config_str("VIVA_RUN", "/run/viva/state/run");
	struct statvfs v;

	if (statvfs(folder, &v) < 0)
		return err_set(&fn->err, ERR_INTERNAL, "%s: %s", folder, strerror(errno));
	double left = (double)v.f_bavail * (double)v.f_frsize;
	return left >= DISK_LEAST ? 0 : err_set(&fn->err, ERR_BUSY, "%.0f bytes are left", left);
}

static const struct {
	const char *name, *without;
	bool vital;	/* nobody can work without it */
	int (*ask)(struct fn *fn);
} parts[PARTS] = {
	{ "postgres", "nothing can be opened or stored", true, postgres },
	{ "redis", "documents and runs cannot be written", true, redis },
	{ "realtime", "edits and output are not shown live", false, realtime },
	{ "signals", "calls cannot begin", false, signals },
	{ "runner", "code can be edited, but does not run", false, runner },
	{ "disk", "it is nearly full: edits stop when it is", false, disk },
};

static bool well[PARTS];

static void
ask_all(struct fn *fn)
{
	for (int i = 0; i < PARTS; i++) {
		well[i] = parts[i].ask(fn) == 0;
		if (!well[i])
			log_warn("health: %s: %s", parts[i].name, fn->err.detail);
		err_clear(&fn->err);
	}
}

int
system_health(struct fn *fn, struct health *out)
{
	static int64_t heard;
	int64_t now = clock_mono_ms();

	if (heard == 0 || now - heard >= HOLDS_MS) {
		ask_all(fn);
		heard = clock_mono_ms();
	}
	out->status = HEALTH_STATUS_OK;
	out->parts = arena_array(fn->arena, PARTS, sizeof(*out->parts));
	out->parts_count = PARTS;
	for (int i = 0; i < PARTS; i++) {
		out->parts[i] = (struct health_part){ .name = parts[i].name, .ok = well[i],
			.detail = well[i] ? NULL : parts[i].without };
		if (!well[i] && out->status != HEALTH_STATUS_DOWN)
			out->status = parts[i].vital ? HEALTH_STATUS_DOWN : HEALTH_STATUS_DEGRADED;
	}
	if (out->status == HEALTH_STATUS_DOWN) {
		fn_set_status(fn, 503);
		fn_set_header(fn, "Retry-After", RETRY_AFTER);
	}
	return 0;
}
