/*
 * runner_held_test.c - a program that a held interpreter runs is, to the byte, what it is when it is started anew.
 *
 * Each folder of tests/runner/held is a program: all it prints, what it complains and how it ends are compared.
 */
#include "boxes.h"

#include "../../runner/daemon/program.h"

#include <dirent.h>
#include <sys/wait.h>

static const char *programs;		/* tests/runner/held */

static struct program_text
content_of(const char *dir, const char *name)
{
	const char *path = arena_printf(arena, "%s/%s", dir, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *data = arena_alloc(arena, 8192);
	ssize_t n = read(fd, data, 8191);

	assert_true(n >= 0);
	data[n] = '\0';
	close(fd);
	return (struct program_text){ data, (uint32_t)n };
}

/* The files of a folder and one level below; `input` is none of them. */
static void
add_files(struct program *p, const char *dir, const char *below)
{
	const char *here = arena_printf(arena, "%s/%s", dir, below);
	struct dirent **list;
	int n = scandir(here, &list, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name, *path = arena_printf(arena, "%s%s", below, name);
		if (list[i]->d_type == DT_DIR && name[0] != '.')
			add_files(p, dir, arena_printf(arena, "%s/", path));
		else if (list[i]->d_type == DT_REG && strcmp(path, "input") != 0)
			p->files[p->filec++] = (struct program_file){ text(path), content_of(dir, path) };
		free(list[i]);
	}
	free(list);
}

struct seen {
	char *out, *err;
	int status;
};

static struct seen
see(const struct lang *l, struct program p, struct program_text input, bool ahead)
{
	struct box_wish wish = { .language = l, .class = BOX_RUN, .ahead = ahead };

	program_fill(&p, l, l->run, l->run_count, l->file);
	begin(&wish, p, -1, -1);
	assert_int_equal(box->held, ahead);
	assert_int_equal(write(box->in, input.data, input.len), input.len);
	close(box->in);
	box->in = -1;
	see_through();
	leave(NULL);
	return (struct seen){ arena_strdup(arena, printed), arena_strdup(arena, complained), ending.status };
}

/* The first line that differs is what a reader wants to see. */
static void
assert_same_lines(const char *held, const char *anew)
{
	while (*anew != '\0' && strcspn(held, "\n") == strcspn(anew, "\n") &&
	    strncmp(held, anew, strcspn(anew, "\n")) == 0) {
		held += strcspn(held, "\n") + (held[strcspn(held, "\n")] != '\0');
		anew += strcspn(anew, "\n") + (anew[strcspn(anew, "\n")] != '\0');
	}
	if (strcmp(held, anew) != 0)
		fail_msg("held: %.*s\nanew: %.*s", (int)strcspn(held, "\n"), held, (int)strcspn(anew, "\n"), anew);
}

static void
is_the_same(void **state)
{
	const char *name = *state, *dir = arena_printf(arena, "%s/%s", programs, name);
	const struct lang *l = language(strncmp(name, "python-", 7) == 0 ? "python" : "javascript");
	struct program p = { 0 };
	struct program_text input = { "", 0 };

	add_files(&p, dir, "");
	if (access(arena_printf(arena, "%s/input", dir), R_OK) == 0)
		input = content_of(dir, "input");
	struct seen anew = see(l, p, input, false), held = see(l, p, input, true);
	assert_same_lines(held.err, anew.err);
	assert_same_lines(held.out, anew.out);
	assert_int_equal(held.status, anew.status);
	assert_true(strlen(anew.out) + strlen(anew.err) > 0);
}

/* What is held costs the program nothing, and what it is not held for is started anew. */
static void
another_start_file_is_started_anew(void **state)
{
	const struct lang *l = language("python");
	struct box_wish wish = { .language = l, .class = BOX_RUN, .ahead = true };
	struct program p = { .filec = 1,
		.files = { { text("other.py"), text("import os\nprint(__file__, os.getpid() > 2)") } } };

	(void)state;
	program_fill(&p, l, l->run, l->run_count, "other.py");
	begin(&wish, p, -1, -1);
	assert_true(box->held);
	see_through();
	assert_string_equal(printed, "/w/other.py True\n");
	assert_string_equal(complained, "");
}

static void
each_held_interpreter_has_its_own_hashes(void **state)
{
	const struct lang *l = language("python");
	struct program p = { .filec = 1, .files = { { text("main.py"), text("print(hash('viva'))") } } };
	struct seen one = see(l, p, text(""), true), other = see(l, p, text(""), true);

	(void)state;
	assert_string_not_equal(one.out, other.out);
}

static int
is_program(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

int
main(void)
{
	struct CMUnitTest tests[80] = {
		cmocka_unit_test_teardown(another_start_file_is_started_anew, leave),
		cmocka_unit_test_teardown(each_held_interpreter_has_its_own_hashes, leave),
	};
	struct dirent **list;
	size_t count = 2;

	if (getenv("VIVA_BOXES") == NULL)
		return 0;
	boxes_begin();
	programs = arena_printf(arena, "%s/../../tests/runner/held", settings.languages);
	int n = scandir(programs, &list, is_program, alphasort);
	for (int i = 0; i < n && count < 80; i++)
		tests[count++] = (struct CMUnitTest){ list[i]->d_name, is_the_same, NULL, leave, list[i]->d_name };
	int failed = n <= 0 || _cmocka_run_group_tests("held", tests, count, NULL, NULL);
	boxes_end();
	return failed;
}
