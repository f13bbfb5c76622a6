/*
 * metrics - the one place where all numbers of a machine are asked for: GET http://127.0.0.1:$VIVA_METRICS_PORT/metrics
 *
 * Nothing is kept between two pages: each asks the functions' scoreboards, the gateway, the broadcasters, Redis,
 * PostgreSQL and the runner, one after the other, each for two seconds at most, and leaves out what does not
 * answer: viva_up says which that is. So it tells the truth whoever else has died, and it is no part of any
 * request's way. It has no rights but to look: a user of its own, and a role that sees nothing of people.
 */
#include "page.h"

#include "clock.h"
#include "config.h"
#include "log.h"
#include "metrics_serve.h"
#include "queries_observe.h"

#include <signal.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define PATIENCE_MS 2000	/* with each part */

static struct sources sources;

static struct part {
	const char *name;
	bool (*page)(struct sources *, struct buf *);
	bool up;
} parts[] = {
	{ "functions", functions_page, true },
	{ "gateway", gateway_page, true },
	{ "realtime", realtime_page, true },
	{ "signals", signals_page, true },
	{ "redis", redis_page, true },
	{ "postgres", postgres_page, true },
	{ "runner", runner_page, true },
	{ "disk", disk_page, true },
};
#define PARTS (sizeof(parts) / sizeof(*parts))

/* The runner counts by itself (runner/daemon/metrics.h); its page ends with a whole line, or it is not one. */
bool
runner_page(struct sources *s, struct buf *out)
{
	const char *text = page_get(s, s->runner, "/metrics");
	size_t len = text != NULL ? strlen(text) : 0;

	if (len == 0 || text[len - 1] != '\n')
		return false;
	buf_add(out, text, len);
	return true;
}

/* A part that fails in its middle has said nothing. What changed is logged once. */
static void
ask(struct part *part, struct buf *out)
{
	size_t before = out->len;

	err_clear(&sources.err);
	pg_bind(sources.pg, sources.arena, &sources.err);
	pg_patience(sources.pg, PATIENCE_MS);
	redis_bind(sources.redis, sources.arena, &sources.err);
	bool up = part->page(&sources, out);
	if (!up)
		out->len = before;
	if (!up && part->up)
		log_warn("%s does not answer: %s", part->name, sources.err.detail);
	else if (up && !part->up)
		log_info("%s answers again", part->name);
	part->up = up;
	arena_reset(sources.arena);
}

static void
write_page(struct buf *out)
{
	int64_t began = clock_mono_us();

	for (size_t i = 0; i < PARTS; i++)
		ask(&parts[i], out);
	family(out, "viva_up", "gauge", "Whether a part answered when it was asked for this page.");
	for (size_t i = 0; i < PARTS; i++)
		sample(out, "viva_up", parts[i].up, "part=\"%s\"", parts[i].name);
	gauge(out, "viva_page_seconds", "How long it took to gather this page.",
	    (double)(clock_mono_us() - began) / 1e6);
}

static struct http *
at(const char *name)
{
	return http_new(arena_printf(sources.arena, "%s/%s", sources.run, name));
}

int
main(void)
{
	log_init("metrics");
	signal(SIGPIPE, SIG_IGN);
	sources.run = config_str("VIVA_RUN", "/run/viva/state/run");
	sources.arena = arena_new(65536);
	sources.pg = pg_new(config_str("VIVA_PG", ""));
	pg_register(sources.pg, queries_observe, queries_observe_count);
	sources.redis = redis_new(config_str("VIVA_REDIS", "/run/viva/state/run/redis.sock"), PATIENCE_MS);
	sources.runner = at("metrics.sock");
	sources.gateway = at("gateway.sock");
	sources.realtime = at("realtime.sock");
	sources.signals = at("signals.sock");
	if (metrics_serve(config_str("VIVA_METRICS_PORT", "28080"), write_page) < 0)
		return EX_UNAVAILABLE;
	for (;; sleep(60))
		refused_trim(sources.run);
}
