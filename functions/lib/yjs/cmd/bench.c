/*
 * bench.c - how long the engine takes over a log of updates: one JSON object on stdout.
 *
 * CPU time of this process, the best of some rounds where a round is short. "linear" has the time
 * of applying the first n updates for growing n, "linear_merge" that of merging them, so that a
 * curve that bends up is seen.
 */
#include "cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 7

static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
must(int result, const struct err *e)
{
	if (result != 0)
		die("bench: %s", e->detail);
}

static struct yjs_doc *
apply(const struct bytes *v, size_t n)
{
	struct yjs_doc_options opt = { .pending = SIZE_MAX / 2 };
	struct yjs_doc *d = yjs_doc_new(&opt);
	struct err e = { 0 };

	for (size_t i = 0; i < n; i++)
		must(yjs_doc_apply(d, v[i], &yjs_limits_all, NULL, &e), &e);
	return d;
}

struct job {
	const struct updates *u;
	struct buf state, sv, half_sv, out;
	struct yjs_doc *doc;
	size_t n;
};

static void
validate(struct job *j)
{
	struct err e = { 0 };

	for (size_t i = 0; i < j->u->n; i++)
		must(yjs_validate(j->u->v[i], &yjs_limits_plain, NULL, &e), &e);
}

static void
apply_some(struct job *j)
{
	yjs_doc_free(apply(j->u->v, j->n));
}

static void
load(struct job *j)
{
	struct bytes state = buf_bytes(&j->state);

	yjs_doc_free(apply(&state, 1));
}

static void
encode(struct job *j)
{
	yjs_doc_encode(j->doc, NULL, &j->out);
}

static void
merge_some(struct job *j)
{
	struct err e = { 0 };

	must(yjs_merge(&j->out, j->u->v, j->n, &yjs_limits_all, &e), &e);
}

static void
diff(struct job *j)
{
	struct err e = { 0 };

	must(yjs_diff(&j->out, buf_bytes(&j->state), buf_bytes(&j->half_sv), &yjs_limits_all, &e), &e);
}

static double
best(struct job *j, void (*work)(struct job *), int rounds)
{
	double least = 1e300;

	for (int i = 0; i < rounds; i++) {
		double start = cpu_ms();
		buf_clear(&j->out);
		work(j);
		double ms = cpu_ms() - start;
		least = ms < least ? ms : least;
	}
	return least;
}

/* Pages of this process that are in memory, as bytes. */
static long
resident(void)
{
	long total, pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f == NULL || fscanf(f, "%ld %ld", &total, &pages) != 2)
		die("bench: cannot read /proc/self/statm");
	fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

/* What a loaded document costs in memory: many at once, so that what is there anyway does not count. */
static void
memory(struct job *j)
{
	struct bytes state = buf_bytes(&j->state);
	struct yjs_doc *docs[20];
	long before = resident();

	for (int i = 0; i < 20; i++)
		docs[i] = apply(&state, 1);
	printf("\"resident_bytes\":%ld,\"memory_bytes\":%zu,", (resident() - before) / 20, yjs_doc_memory(docs[0]));
	for (int i = 0; i < 20; i++)
		yjs_doc_free(docs[i]);
}

static void
linear(struct job *j, const char *name, void (*work)(struct job *))
{
	printf("\"%s\":[", name);
	for (int i = 1; i <= 8; i++) {
		j->n = j->u->n * (size_t)i / 8;
		printf("%s{\"updates\":%zu,\"ms\":%.3f}", i > 1 ? "," : "", j->n, best(j, work, 2));
	}
	printf("]");
}

int
cmd_bench(int argc, char **argv)
{
	struct updates u;
	struct job j = { .u = &u };

	if (argc != 1)
		die("bench: wants a file of updates");
	read_updates(argv[0], false, &u);
	j.doc = apply(u.v, u.n / 2);
	yjs_doc_sv(j.doc, &j.half_sv);
	yjs_doc_free(j.doc);
	j.doc = apply(u.v, u.n);
	yjs_doc_encode(j.doc, NULL, &j.state);
	printf("{\"updates\":%zu,\"state_bytes\":%zu,", u.n, j.state.len);
	printf("\"validate_us\":%.4f,", best(&j, validate, 3) * 1e3 / (double)u.n);
	j.n = u.n;
	printf("\"apply_us\":%.4f,", best(&j, apply_some, 3) * 1e3 / (double)u.n);
	printf("\"merge_all_ms\":%.3f,", best(&j, merge_some, 2));
	j.n = u.n < 10000 ? u.n : 10000;
	printf("\"merge_%zu_ms\":%.3f,", j.n, best(&j, merge_some, ROUNDS));
	printf("\"load_ms\":%.3f,", best(&j, load, ROUNDS));
	printf("\"encode_ms\":%.3f,", best(&j, encode, ROUNDS));
	printf("\"diff_ms\":%.3f,", best(&j, diff, ROUNDS));
	yjs_doc_free(j.doc);
	memory(&j);
	linear(&j, "linear", apply_some);
	printf(",");
	linear(&j, "linear_merge", merge_some);
	printf("}\n");
	buf_free(&j.state);
	buf_free(&j.half_sv);
	buf_free(&j.out);
	updates_free(&u);
	return 0;
}
