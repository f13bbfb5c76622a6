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
	board_begin(b, &b->slots[3], "01abc", 1000, 3000);
	assert_int_equal(board_look(&seen->slots[3]), SLOT_BUSY);
	assert_string_equal(seen->slots[3].request, "01abc");
	atomic_store(&b->slots[3].leaving, 1);
	assert_int_equal(board_look(&seen->slots[3]), SLOT_LEAVING);
	board_answered(b, &b->slots[3], 201, 1000 + 251);
	board_state(&b->slots[3], SLOT_FREE, 5000);
	assert_int_equal(board_look(&seen->slots[3]), SLOT_FREE);

	assert_int_equal(seen->answers[2], 1);
	assert_int_equal(seen->took.total_us, 251);
	assert_int_equal(seen->took.count[2], 1);	/* more than 250, at most 500 */
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
	assert_int_equal(b->answers[2], 1);	/* of the test before: the file is the same */
	board_count(b, BOARD_OVERDUE);
	board_free(b);
	close(fd);
	const struct board *seen = board_read(path);
	assert_int_equal(seen->events[BOARD_OVERDUE], 1);
	assert_int_equal(seen->answers[2], 1);
	board_free(seen);
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
				board_begin(mine, &mine->slots[8 + i], "r", 0, -1);
				board_answered(mine, &mine->slots[8 + i], 404, 40000000);
			}
		}
	while (b->answers[4] < 100000)
		usleep(100);
	for (size_t i = 0; i < 8; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	uint64_t served = 0;
	for (size_t i = 0; i < 8; i++)
		served += b->slots[8 + i].served;
	uint64_t answers = b->answers[4], longest = b->took.count[BOARD_BUCKETS];
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
	assert_int_equal(b->answers[2], 0);
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
		cmocka_unit_test(killed_workers_leave_nothing_broken),
		cmocka_unit_test(a_board_of_another_build_is_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
