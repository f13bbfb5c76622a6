/*
 * runner_box_test.c - real boxes, from an engine: pipes, terminals, artifacts, results, folders, classes.
 */
#include "boxes.h"

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* sh -c script */
static struct program
shell(const char *script)
{
	return (struct program){ .argc = 3, .argv = { text("/bin/sh"), text("-c"), text(script) }, .envc = 1,
		.env = { text("PATH=/usr/bin:/bin") }, .rows = 7, .columns = 70 };
}

static void
run(enum box_class class, const char *script)
{
	begin(&(struct box_wish){ .language = language("python"), .class = class }, shell(script), -1, -1);
	see_through();
}

static void
each_box_has_a_user_of_its_own(void **state)
{
	uid_t first;

	run(BOX_RUN, "id -u; stat -Lc %u /proc/self/fd/0 /proc/self/fd/1");
	first = box->uid;
	assert_in_range(first, BOX_UID_FIRST, BOX_UID_FIRST + BOX_UIDS - 1);
	char *want;
	assert_true(asprintf(&want, "%u\n%u\n%u\n", first, first, first) > 0);
	assert_string_equal(printed, want);
	free(want);
	struct box *one = box;
	run(BOX_RUN, "true");
	assert_int_not_equal(box->uid, first);
	pool_leave(one);
	(void)state;
}

static void
an_artifact_becomes_a_program_and_its_descriptor_is_gone(void **state)
{
	static const char script[] = "#!/bin/sh\nls /proc/self/fd; ls -l bin | cut -c1-10 | tail -1";
	struct program p = { .artifact = text("bin/it"), .argc = 1, .argv = { text("/w/bin/it") } };
	struct box_wish wish = { .language = language("python"), .class = BOX_RUN };
	int fd = memfd_create("it", MFD_CLOEXEC);

	(void)state;
	assert_int_equal(write(fd, script, sizeof(script) - 1), sizeof(script) - 1);
	begin(&wish, p, fd, -1);
	see_through();
	assert_string_equal(printed, "0\n1\n2\n3\n-rwxr-xr-x\n");	/* 3: the folder that is read */
	assert_int_equal(ending.status, 0);
	close(fd);
}

static void
an_artifact_does_not_write_over_a_file(void **state)
{
	struct program p = { .artifact = text("it"), .argc = 1, .argv = { text("/w/it") }, .filec = 1,
		.files = { { text("it"), text("mine") } } };
	struct box_wish wish = { .language = language("python"), .class = BOX_RUN };
	struct box_said said;
	int fd = memfd_create("it", MFD_CLOEXEC);

	(void)state;
	begin(&wish, p, fd, -1);
	assert_int_equal(poll(&(struct pollfd){ .fd = box->sock, .events = POLLIN }, 1, PATIENCE_MS), 1);
	assert_true(box_hear(box, &said));
	assert_int_equal(said.kind, MESSAGE_FAILED);
	assert_non_null(strstr(said.text, "File exists"));
	close(fd);
}

static void
a_result_comes_out_by_the_third_descriptor(void **state)
{
	struct box_wish wish = { .language = language("python"), .class = BOX_COMPILE };
	char got[64] = "";
	int fd = memfd_create("result", MFD_CLOEXEC);

	(void)state;
	begin(&wish, shell("echo made >&3; echo said"), -1, fd);
	see_through();
	assert_string_equal(printed, "said\n");
	assert_int_equal(pread(fd, got, sizeof(got), 0), 5);
	assert_string_equal(got, "made\n");
	close(fd);
}

static void
a_terminal_is_its_own_and_can_be_typed_into_and_resized(void **state)
{
	struct box_wish wish = { .language = language("python"), .class = BOX_TERMINAL };
	/* It sleeps a little at a time: a signal that comes just before a sleep begins is seen to after it. */
	struct program p = shell("tty; stat -c %u $(tty); stty size; echo shout > /dev/tty; read line; "
				 "trap 'echo interrupted; exit 3' INT; echo got $line; stty size; "
				 "while :; do sleep 0.2; done");
	struct winsize larger = { .ws_row = 50, .ws_col = 200 };
	struct box_said said;

	(void)state;
	p.flags = PROGRAM_TERMINAL;
	begin(&wish, p, -1, -1);
	assert_int_equal(poll(&(struct pollfd){ .fd = box->sock, .events = POLLIN }, 1, PATIENCE_MS), 1);
	assert_true(box_hear(box, &said));
	assert_int_equal(said.kind, MESSAGE_TERMINAL);
	while (strstr(printed, "shout") == NULL) {
		assert_int_equal(poll(&(struct pollfd){ .fd = box->terminal, .events = POLLIN }, 1, PATIENCE_MS), 1);
		read_some(box->terminal, printed);
	}
	assert_int_equal(ioctl(box->terminal, TIOCSWINSZ, &larger), 0);
	assert_int_equal(write(box->terminal, "hello\n", 6), 6);
	while (strstr(printed, "50 200") == NULL) {
		assert_int_equal(poll(&(struct pollfd){ .fd = box->terminal, .events = POLLIN }, 1, PATIENCE_MS), 1);
		read_some(box->terminal, printed);
	}
	assert_int_equal(write(box->terminal, "\003", 1), 1);
	see_through();
	char *want;
	assert_true(asprintf(&want, "/dev/pts/0\r\n%u\r\n7 70\r\nshout\r\nhello\r\ngot hello\r\n50 200\r\n"
				    "^Cinterrupted\r\n", box->uid) > 0);
	assert_string_equal(printed, want);
	free(want);
	assert_true(WIFEXITED(ending.status));
	assert_int_equal(WEXITSTATUS(ending.status), 3);
}

static void
no_program_makes_terminals_of_its_own(void **state)
{
	(void)state;
	run(BOX_RUN, "for f in /dev/ptmx /dev/pts/ptmx; do (: <> $f) 2> /dev/null && echo made one; done; echo tried");
	assert_string_equal(printed, "tried\n");
}

static void
a_folder_can_be_read_and_not_written(void **state)
{
	char dir[] = "/tmp/viva-box-XXXXXX", path[64];
	struct box_wish wish = { .language = language("python"), .class = BOX_RUN, .mount_count = 1,
		.mounts = { { dir, "/libraries" } } };

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chmod(dir, 0777), 0);
	snprintf(path, sizeof(path), "%s/hello", dir);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0666));
	begin(&wish,
	    shell("cd /libraries; ls; echo x > hello || echo no; touch new || echo no"), -1, -1);
	see_through();
	assert_string_equal(printed, "hello\nno\nno\n");
	unlink(path);
	rmdir(dir);
}

static void
classes_differ_in_what_they_may_use(void **state)
{
	static const char script[] = "df -k /w /tmp | tail -n 2 | tr -s ' ' | cut -d' ' -f2; ulimit -n";
	char want[64];

	(void)state;
	for (int c = 0; c < BOX_CLASSES; c++) {
		const struct box_limits *l = box_limits((enum box_class)c);
		run((enum box_class)c, script);
		snprintf(want, sizeof(want), "%lld\n%lld\n%d\n", (long long)l->work / 1024, (long long)l->tmp / 1024,
		    l->files);
		assert_string_equal(printed, want);
		leave(NULL);
	}
}

#define T(name) cmocka_unit_test_teardown(name, leave)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(each_box_has_a_user_of_its_own),
		T(an_artifact_becomes_a_program_and_its_descriptor_is_gone),
		T(an_artifact_does_not_write_over_a_file),
		T(a_result_comes_out_by_the_third_descriptor),
		T(a_terminal_is_its_own_and_can_be_typed_into_and_resized),
		T(no_program_makes_terminals_of_its_own),
		T(a_folder_can_be_read_and_not_written),
		T(classes_differ_in_what_they_may_use),
	};

	if (getenv("VIVA_BOXES") == NULL)
		return 0;
	boxes_begin();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	boxes_end();
	return failed;
}
