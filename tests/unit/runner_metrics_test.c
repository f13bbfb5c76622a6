/*
 * runner_metrics_test.c - what is counted is shown, letter by letter as Prometheus wants it.
 */
#include "../../runner/daemon/metrics.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Whether the text of all metrics has these lines, one after the other. */
static bool
shows(const char *lines)
{
	struct buf out = { 0 };

	metrics_write(&out);
	bool found = strstr(buf_cstr(&out), lines) != NULL;
	if (!found)
		print_message("%s", buf_cstr(&out));
	buf_free(&out);
	return found;
}

static void
a_counter_is_shown_with_its_labels(void **state)
{
	static struct metric m = METRIC_COUNTER("a_total", "Letters.", "language", "status");

	(void)state;
	assert_false(m.listed);
	metric_add(&m, 1, "python", "ok");
	metric_add(&m, 2, "python", "ok");
	metric_add(&m, 1, "c", "time_limit");
	assert_true(shows("# HELP a_total Letters.\n# TYPE a_total counter\n"
			  "a_total{language=\"python\",status=\"ok\"} 3\n"
			  "a_total{language=\"c\",status=\"time_limit\"} 1\n"));
}

static void
a_gauge_is_what_it_was_set_to_last(void **state)
{
	static struct metric m = METRIC_GAUGE("b", "A thing.");

	(void)state;
	metric_set(&m, 7, NULL, NULL);
	metric_set(&m, 0.25, NULL, NULL);
	assert_true(shows("# TYPE b gauge\nb 0.25\n"));
}

static void
what_would_end_a_label_is_escaped(void **state)
{
	static struct metric m = METRIC_GAUGE("c", "Odd.", "name");

	(void)state;
	metric_set(&m, 1, "a\"b\\c\nd", NULL);
	assert_true(shows("c{name=\"a\\\"b\\\\c\\nd\"} 1\n"));
}

static void
a_histogram_adds_up(void **state)
{
	static struct metric m = METRIC_SECONDS("d_seconds", "Time.", "language");

	(void)state;
	metric_seconds(&m, 1, "python", NULL);
	metric_seconds(&m, 60, "python", NULL);
	metric_seconds(&m, 400000, "python", NULL);
	assert_true(shows("d_seconds_bucket{language=\"python\",le=\"0.001\"} 1\n"
			  "d_seconds_bucket{language=\"python\",le=\"0.0025\"} 1\n"));
	assert_true(shows("d_seconds_bucket{language=\"python\",le=\"0.05\"} 1\n"
			  "d_seconds_bucket{language=\"python\",le=\"0.075\"} 2\n"));
	assert_true(shows("d_seconds_bucket{language=\"python\",le=\"180\"} 2\n"
			  "d_seconds_bucket{language=\"python\",le=\"+Inf\"} 3\n"
			  "d_seconds_sum{language=\"python\"} 400.061\n"
			  "d_seconds_count{language=\"python\"} 3\n"));
}

static struct metric shared = METRIC_COUNTER("e_total", "Shared.", "n");

static void *
count(void *arg)
{
	for (int i = 0; i < 10000; i++)
		metric_add(&shared, 1, arg, NULL);
	return NULL;
}

static void
threads_lose_nothing(void **state)
{
	pthread_t threads[4];

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, count, i % 2 == 0 ? "x" : "y"), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_true(shows("e_total{n=\"x\"} 20000\n"));
	assert_true(shows("e_total{n=\"y\"} 20000\n"));
}

static void
too_many_values_share_one_series(void **state)
{
	static struct metric m = METRIC_COUNTER("f_total", "Many.", "id");
	char id[16];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		snprintf(id, sizeof(id), "%d", i);
		metric_add(&m, 1, id, NULL);
	}
	assert_true(shows("f_total{id=\"other\"} 744\n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_counter_is_shown_with_its_labels),
		cmocka_unit_test(a_gauge_is_what_it_was_set_to_last),
		cmocka_unit_test(what_would_end_a_label_is_escaped),
		cmocka_unit_test(a_histogram_adds_up),
		cmocka_unit_test(threads_lose_nothing),
		cmocka_unit_test(too_many_values_share_one_series),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
