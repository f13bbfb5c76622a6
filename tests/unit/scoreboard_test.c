/*
 * scoreboard_test.c - what workers write there, others read; whoever dies meanwhile.
 */
#include "scoreboard.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char directory[] = "/tmp/board-XXXXXX", path[64];

static int
setup(void **state)
{
	(void)state;
	return mkdtemp(directory) != NULL && snprintf(path, sizeof(path), "%s/x.board", directory) > 0 ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(directory);
}

static void
a_reader_sees_what_a_worker_writes(void **state)
{
	int fd;
	struct stat st;
	struct board *b = board_open(path, "x", &fd);
	const struct board *seen = board_read(path);

	(void)state;
	assert_non_null(b);
	assert_non_null(seen);
	assert_string_equal(seen->name, "x");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);

	board_state(&b->slots[3], SLOT_STARTING, 1);
	assert_int_equal(board_workers(seen, SLOT_STARTING), 1);
	board_come(&b->slots[3], 1000);
	board_begin(b, &b->slots[3], "01abc", 3000);
	assert_int_equal(board_look(&seen->slots[3]), SLOT_BUSY);
	assert_string_equal(seen->slots[3].request, "01abc");
	atomic_store(&b->slots[3].leaving, 1);
	assert_int_equal(board_look(&seen->slots[3]), SLOT_LEAVING);
	board_answered(b, &b->slots[3], 0, 201, 1000 + 251);
	board_state(&b->slots[3], SLOT_FREE, 5000);
	assert_int_equal(board_look(&seen->slots[3]), SLOT_FREE);

	assert_int_equal(seen->operations[0].answers[2], 1);
	assert_int_equal(seen->operations[0].took.total_us, 251);
	assert_int_equal(seen->operations[0].took.count[2], 1);	/* more than 250, at most 500 */
	assert_int_equal(seen->waited.count[5], 1);	/* at most 5000 */
	board_free(seen);
	board_free(b);
	close(fd);
}

static void
counters_outlive_who_counted(void **state)
{
	int fd;
	struct board *b = board_open(path, "x", &fd);

	(void)state;
	assert_int_equal(b->operations[0].answers[2], 1);	/* of the test before: the file is the same */
	board_count(b, BOARD_OVERDUE);
	board_free(b);
	close(fd);
	const struct board *seen = board_read(path);
	assert_int_equal(seen->events[BOARD_OVERDUE], 1);
	assert_int_equal(seen->operations[0].answers[2], 1);
	board_free(seen);
}

static uint64_t
answered(const struct board *b, int class)
{
	struct board_operation sum;

	board_sum(b, &sum);
	return sum.answers[class];
}

/* By name, so that a program with other operations finds its own; a function's numbers are those of all of them. */
static void
operations_have_places_and_a_sum(void **state)
{
	int fd;
	struct board *b = board_open(path, "x", &fd);
	struct board_operation sum;
	char name[BOARD_NAME];

	(void)state;
	assert_int_equal(board_operations(b), 1);
	unsigned read = board_place(b, "x_read"), write = board_place(b, "x_write");
	assert_true(read == 1 && write == 2 && board_operations(b) == 3);
	struct board *later = board_map(fd);
	assert_int_equal(board_place(later, "x_write"), write);
	assert_int_equal(board_place(later, "x_read_more"), 3);
	board_come(&b->slots[4], 0);
	board_begin(b, &b->slots[4], "r", -1);
	board_answered(b, &b->slots[4], read, 200, 90);
	board_answered(b, &b->slots[4], write, 503, 20000);
	board_answered(b, &b->slots[4], write, 204, 40);
	assert_int_equal(later->operations[read].answers[2], 1);
	assert_int_equal(later->operations[write].answers[5], 1);
	assert_int_equal(later->operations[write].took.total_us, 20040);
	board_sum(later, &sum);
	assert_int_equal(sum.answers[2], 3);	/* with the one of the first test, which had no operation */
	assert_int_equal(sum.answers[5], 1);
	assert_int_equal(board_answers(&sum, 1, 5), 4);
	assert_int_equal(board_answers(&sum, 3, 5), 1);
	assert_int_equal(sum.took.count[0], 2);
	assert_int_equal(sum.took.total_us, 251 + 90 + 20040);
	board_name(later, read, name);
	assert_string_equal(name, "x_read");
	board_name(later, 0, name);
	assert_string_equal(name, "other");
	board_free(later);
	board_free(b);
	close(fd);
}

/* More operations than places, and a worker that means harm: nobody counts or reads beyond the table. */
static void
a_full_or_broken_table_stays_within_itself(void **state)
{
	struct board *b = board_private();
	char name[BOARD_NAME];

	(void)state;
	for (unsigned i = 1; i < BOARD_OPERATIONS; i++) {
		snprintf(name, sizeof(name), "x_%u", i);
		assert_int_equal(board_place(b, name), i);
	}
	assert_int_equal(board_place(b, "x_more"), 0);
	assert_int_equal(board_place(b, "x_7"), 7);
	atomic_store(&b->named, UINT32_MAX);
	memset(b->operations[9].name, '\033', BOARD_NAME);
	assert_int_equal(board_operations(b), BOARD_OPERATIONS);
	board_name(b, 9, name);
	assert_int_equal(strspn(name, "_"), BOARD_NAME - 1);
	assert_int_equal(answered(b, 2), 0);
	board_free(b);
}

/* Workers add at the same time and are killed in the middle: nothing is lost but what they had not yet added. */
static void
killed_workers_leave_nothing_broken(void **state)
{
	int fd;
	struct board *b = board_open(path, "x", &fd);
	pid_t pids[8];

	(void)state;
	for (size_t i = 0; i < 8; i++)
		if ((pids[i] = fork()) == 0) {
			struct board *mine = board_map(fd);
			for (;;) {
				board_come(&mine->slots[8 + i], 0);
				board_begin(mine, &mine->slots[8 + i], "r", -1);
				board_answered(mine, &mine->slots[8 + i], i % 3, 404, 40000000);
			}
		}
	while (answered(b, 4) < 100000)
		usleep(100);
	for (size_t i = 0; i < 8; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	uint64_t served = 0;
	for (size_t i = 0; i < 8; i++)
		served += b->slots[8 + i].served;
	struct board_operation sum;
	board_sum(b, &sum);
	uint64_t answers = sum.answers[4], longest = sum.took.count[BOARD_BUCKETS];
	assert_true(longest >= answers && longest - answers <= 8);
	assert_true(answers >= served && answers - served <= 8);
	board_free(b);
	close(fd);
}

static void
a_board_of_another_build_is_refused(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(truncate(path, 100), 0);
	assert_null(board_read(path));
	assert_int_equal(errno, ENOEXEC);
	struct board *b = board_open(path, "x", &fd);	/* for writing it is made anew */
	assert_non_null(b);
	assert_int_equal(b->operations[0].answers[2], 0);
	board_free(b);
	close(fd);
	fd = open("/dev/null", O_RDWR);
	assert_null(board_map(fd));
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reader_sees_what_a_worker_writes),
		cmocka_unit_test(counters_outlive_who_counted),
		cmocka_unit_test(operations_have_places_and_a_sum),
		cmocka_unit_test(a_full_or_broken_table_stays_within_itself),
		cmocka_unit_test(killed_workers_leave_nothing_broken),
		cmocka_unit_test(a_board_of_another_build_is_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
