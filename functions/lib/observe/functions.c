/*
 * functions.c - what the functions' scoreboards say (scoreboard.h): requests, their times, workers.
 *
 * A function's name is its file's, not the one in the board, where a worker could write: so no worker can speak
 * for another function, or end a line.
 */
#include "page.h"

#include "clock.h"
#include "scoreboard.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUNCTIONS_MAX 128

struct seen {
	char name[BOARD_NAME];
	const struct board *board;
	struct board_operation sum;	/* what it answered when we looked */
};

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct seen *)a)->name, ((const struct seen *)b)->name);
}

/* One file of the folder; false where it is no function's board. */
static bool
look(const char *folder, const char *file, struct seen *out)
{
	const char *end = strstr(file, ".board");
	size_t len = end != NULL ? (size_t)(end - file) : 0;
	char path[512];

	if (len == 0 || len >= sizeof(out->name) || strcmp(end, ".board") != 0)
		return false;
	memcpy(out->name, file, len);
	out->name[len] = '\0';
	if (!is_label(out->name) || snprintf(path, sizeof(path), "%s/%s", folder, file) >= (int)sizeof(path))
		return false;
	out->board = board_read(path);
	if (out->board != NULL)
		board_sum(out->board, &out->sum);
	return out->board != NULL;
}

static size_t
look_at_all(const char *folder, struct seen seen[FUNCTIONS_MAX])
{
	DIR *d = opendir(folder);
	size_t n = 0;

	for (struct dirent *e; d != NULL && n < FUNCTIONS_MAX && (e = readdir(d)) != NULL;)
		n += look(folder, e->d_name, &seen[n]);
	if (d != NULL)
		closedir(d);
	qsort(seen, n, sizeof(*seen), by_name);
	return n;
}

static void
answers(struct buf *out, const struct seen *seen, size_t n)
{
	const char *name = "viva_function_requests_total";

	family(out, name, "counter", "Requests that a function answered, by the class of the status.");
	for (size_t i = 0; i < n; i++)
		for (int class = 1; class < 6; class ++)
			sample(out, name, (double)seen[i].sum.answers[class], "function=\"%s\",status=\"%dxx\"",
			    seen[i].name, class);
}

/* `whose` are its labels, all but le. */
static void
bucket(struct buf *out, const char *name, const char *whose, const char *le, uint64_t n)
{
	buf_printf(out, "%s_bucket{%s,le=\"%s\"} %llu\n", name, whose, le, (unsigned long long)n);
}

static void
histogram(struct buf *out, const char *name, const char *whose, const struct board_times *t)
{
	uint64_t n = 0;
	char le[32];

	for (size_t i = 0; i < BOARD_BUCKETS; i++) {
		snprintf(le, sizeof(le), "%g", board_bounds[i] / 1e6);
		bucket(out, name, whose, le, n += t->count[i]);
	}
	bucket(out, name, whose, "+Inf", n += t->count[BOARD_BUCKETS]);
	buf_printf(out, "%s_sum{%s} %.6f\n", name, whose, (double)t->total_us / 1e6);
	buf_printf(out, "%s_count{%s} %llu\n", name, whose, (unsigned long long)n);
}

static void
of_function(struct buf *out, const char *name, const struct seen *one, const struct board_times *t)
{
	char whose[96];

	snprintf(whose, sizeof(whose), "function=\"%.63s\"", one->name);
	histogram(out, name, whose, t);
}

static void
times(struct buf *out, const struct seen *seen, size_t n)
{
	const char *took = "viva_function_request_seconds", *waited = "viva_function_queue_seconds";

	family(out, took, "histogram", "From a worker's taking a request to the last byte of its answer.");
	for (size_t i = 0; i < n; i++)
		of_function(out, took, &seen[i], &seen[i].sum.took);
	family(out, waited, "histogram", "From the gateway's passing a request on to a worker's taking it.");
	for (size_t i = 0; i < n; i++)
		of_function(out, waited, &seen[i], &seen[i].board->waited);
}

/* Calls `show` for each operation of all functions. What is not the function's by its name, a worker made up. */
static void
each_operation(struct buf *out, const struct seen *seen, size_t n,
    void (*show)(struct buf *out, const char *whose, const struct board_operation *o))
{
	char name[BOARD_NAME], whose[2 * BOARD_NAME + 32];

	for (size_t i = 0; i < n; i++)
		for (unsigned place = 0; place < board_operations(seen[i].board); place++) {
			size_t len = strlen(seen[i].name);
			board_name(seen[i].board, place, name);
			if (place > 0 && (strncmp(name, seen[i].name, len) != 0 || name[len] != '_'))
				continue;
			snprintf(whose, sizeof(whose), "function=\"%.63s\",operation=\"%s\"", seen[i].name, name);
			show(out, whose, &seen[i].board->operations[place]);
		}
}

static const char operation_requests[] = "viva_operation_requests_total";
static const char operation_took[] = "viva_operation_request_seconds";

static void
operation_answers(struct buf *out, const char *whose, const struct board_operation *o)
{
	for (int class = 1; class < 6; class ++)
		sample(out, operation_requests, (double)o->answers[class], "%s,status=\"%dxx\"", whose, class);
}

static void
operation_times(struct buf *out, const char *whose, const struct board_operation *o)
{
	histogram(out, operation_took, whose, &o->took);
}

static void
operations(struct buf *out, const struct seen *seen, size_t n)
{
	family(out, operation_requests, "counter",
	    "Requests that an operation answered, by the class of the status; other: they found none.");
	each_operation(out, seen, n, operation_answers);
	family(out, operation_took, "histogram", "From a worker's taking a request to the last byte of its answer.");
	each_operation(out, seen, n, operation_times);
}

static void
workers(struct buf *out, const struct seen *seen, size_t n)
{
	static const char *const states[] = { [SLOT_STARTING] = "starting", [SLOT_IDLE] = "idle", [SLOT_BUSY] = "busy",
		[SLOT_LEAVING] = "leaving" };

	family(out, "viva_function_workers", "gauge", "Workers of a function by what they do.");
	for (size_t i = 0; i < n; i++)
		for (enum slot_state state = SLOT_STARTING; state < SLOT_STATES; state++)
			sample(out, "viva_function_workers", board_workers(seen[i].board, state),
			    "function=\"%s\",state=\"%s\"", seen[i].name, states[state]);
	family(out, "viva_function_workers_max", "gauge", "Workers that a function may have (pool.conf).");
	for (size_t i = 0; i < n; i++)
		sample(out, "viva_function_workers_max", seen[i].board->limits.max, "function=\"%s\"", seen[i].name);
}

static double
oldest(const struct board *b, int64_t now)
{
	int64_t most = 0;

	for (size_t i = 0; i < BOARD_SLOTS; i++) {
		const struct slot *slot = &b->slots[i];
		int64_t since = slot->since;
		if (slot->state == SLOT_BUSY && now - since > most)
			most = now - since;
	}
	return (double)most / 1e6;
}

static void
longest_requests(struct buf *out, const struct seen *seen, size_t n)
{
	const char *name = "viva_function_oldest_request_seconds";
	int64_t now = clock_mono_us();

	family(out, name, "gauge", "How long the request goes on that a function has longest; 0: it has none.");
	for (size_t i = 0; i < n; i++)
		sample(out, name, oldest(seen[i].board, now), "function=\"%s\"", seen[i].name);
}

static void
events(struct buf *out, const struct seen *seen, size_t n)
{
	static const struct { enum board_event event; const char *name, *help; } counted[] = {
		{ BOARD_STARTED, "viva_function_workers_started_total", "Workers that were started." },
		{ BOARD_COLD, "viva_function_cold_starts_total", "Workers started while the function had no other." },
		{ BOARD_RECYCLED, "viva_function_workers_recycled_total", "Workers replaced after enough requests." },
		{ BOARD_RETIRED, "viva_function_workers_retired_total", "Workers ended after having been idle." },
		{ BOARD_OVERDUE, "viva_function_deadline_kills_total", "Workers killed over a request's deadline." },
		{ BOARD_CRASHED, "viva_function_crashes_total", "Workers that ended without being told to." },
		{ BOARD_REFUSED, "viva_function_refused_total", "Requests refused since workers keep crashing." },
	};

	for (size_t c = 0; c < sizeof(counted) / sizeof(*counted); c++) {
		family(out, counted[c].name, "counter", counted[c].help);
		for (size_t i = 0; i < n; i++)
			sample(out, counted[c].name, (double)seen[i].board->events[counted[c].event],
			    "function=\"%s\"", seen[i].name);
	}
}

bool
functions_page(struct sources *s, struct buf *out)
{
	struct seen seen[FUNCTIONS_MAX];
	size_t n = look_at_all(arena_printf(s->arena, "%s/fn", s->run), seen);

	if (n == 0) {
		err_set(&s->err, ERR_BUSY, "no scoreboard in %s/fn: fnd has not run", s->run);
		return false;
	}
	answers(out, seen, n);
	times(out, seen, n);
	operations(out, seen, n);
	workers(out, seen, n);
	longest_requests(out, seen, n);
	events(out, seen, n);
	for (size_t i = 0; i < n; i++)
		board_free(seen[i].board);
	return true;
}
