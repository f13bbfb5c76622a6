/*
 * program.c - see program.h.
 */
#include "program.h"

#include <string.h>

static struct program_text
text_of(const char *s)
{
	return (struct program_text){ s, (uint32_t)strlen(s) };
}

void
program_environment(struct program *p)
{
	static const char *const env[] = { "PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/w", "USER=viva", "LOGNAME=viva",
		"LANG=C.UTF-8" };

	for (size_t i = 0; i < sizeof(env) / sizeof(*env); i++)
		p->env[p->envc++] = text_of(env[i]);
}

void
program_fill(struct program *p, const struct lang *l, const char *const *words, size_t n, const char *file)
{
	p->argc = p->envc = 0;
	for (size_t i = 0; i < n; i++)
		p->argv[p->argc++] = text_of(strcmp(words[i], "{file}") == 0 ? file : words[i]);
	program_environment(p);
	for (size_t i = 0; i < l->env_count; i++)
		p->env[p->envc++] = text_of(l->env[i]);
}

static bool
same(const struct program_text *a, const struct program_text *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (a[i].len != b[i].len || memcmp(a[i].data, b[i].data, a[i].len) != 0)
			return false;
	return true;
}

bool
program_is_usual(const struct program *p, const struct lang *l)
{
	struct program usual;

	program_fill(&usual, l, l->run, l->run_count, l->file);
	return p->argc == usual.argc && p->envc == usual.envc && same(p->argv, usual.argv, p->argc) &&
	    same(p->env, usual.env, p->envc);
}
