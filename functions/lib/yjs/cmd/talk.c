/*
 * talk.c - one line in, one line out, so that a test can ask thousands of questions of one process.
 *
 * A line is a verb and arguments, bytes in hexadecimal, parted by spaces. The answer is "ok" and a
 * result, or "no" and the reason. "-" stands for no bytes.
 *
 *	validate UPDATE		merge UPDATE...		diff UPDATE SV
 *	sv UPDATE		awareness UPDATE	frames BODY
 *
 * and on the one document there is (new empties it; with an argument it keeps what is deleted):
 *
 *	new [KEEP]		apply UPDATE		changes UPDATE (applies, and lists as JSON)
 *	state [SV]		integrated [SV]		docsv
 *	text ROOT		map ROOT		array ROOT
 *	snapshot		at SNAPSHOT		waiting
 */
#include "cmd.h"

#include <inttypes.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARGS_MAX 4096

struct talk {
	struct arena *a;
	struct buf out;		/* the result, as bytes */
	bool text;		/* the result is text already */
	struct yjs_doc *doc;
	struct bytes args[ARGS_MAX];
	size_t n;
};

static int
nibble(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct bytes
from_hex(struct arena *a, const char *s)
{
	size_t len = strlen(s) / 2;
	uint8_t *p = arena_alloc(a, len + 1);

	if (strcmp(s, "-") == 0)
		return (struct bytes){ p, 0 };
	for (size_t i = 0; i < len; i++) {
		int high = nibble(s[2 * i]), low = nibble(s[2 * i + 1]);
		if (high < 0 || low < 0)
			die("talk: not hexadecimal: %.40s", s);
		p[i] = (uint8_t)(high << 4 | low);
	}
	return (struct bytes){ p, len };
}

static int
talk_awareness(struct talk *t, struct err *e)
{
	struct yjs_presence *v;
	size_t n;

	if (yjs_awareness_decode(t->a, t->args[0], 1024, 4096, &v, &n, e) != 0)
		return -1;
	yjs_awareness_encode(&t->out, v, n);
	return 0;
}

static int
talk_frames(struct talk *t, struct err *e)
{
	struct bytes rest = t->args[0];
	struct yjs_frame f;
	int more;

	while ((more = yjs_frame_next(&rest, &f, e)) == 1)
		yjs_frame_write(&t->out, f.kind, f.payload);
	return more;
}

static int
talk_new(struct talk *t)
{
	struct yjs_doc_options opt = { .keep_deleted = t->n > 0 };

	yjs_doc_free(t->doc);
	t->doc = yjs_doc_new(&opt);
	return 0;
}

static int
talk_state(struct talk *t, bool pending, struct err *e)
{
	struct yjs_sv sv = { 0 };

	if (t->n > 0 && yjs_sv_decode(t->a, t->args[0], 0, &sv, e) != 0)
		return -1;
	if (pending)
		return yjs_doc_encode_pending(t->doc, &sv, &t->out, e);
	yjs_doc_encode(t->doc, &sv, &t->out);
	return 0;
}

static int
talk_json(struct talk *t, enum yjs_type kind, struct err *e)
{
	t->text = true;
	if (!yjs_doc_json(t->doc, t->args[0], kind, &t->out))
		return err_set(e, ERR_NOT_FOUND, "no such root type");
	return 0;
}

static int
talk_changes(struct talk *t, struct err *e)
{
	static const char *const kinds[] = { "insert", "delete", "set", "unset" };
	struct yjs_changes c;

	if (yjs_doc_apply_changes(t->doc, t->args[0], &yjs_limits_all, t->a, &c, e) != 0)
		return -1;
	t->text = true;
	buf_byte(&t->out, '[');
	for (size_t i = 0; i < c.n; i++) {
		const struct yjs_change *v = &c.v[i];
		buf_printf(&t->out, "%s[\"%s\",\"%.*s\",%" PRIu32 ",\"%.*s\",%" PRIu32 ",%" PRIu32
		    ",%" PRIu64 ",\"", i > 0 ? "," : "", kinds[v->kind], (int)v->root.len,
		    (const char *)v->root.data, v->depth, (int)v->key.len, (const char *)v->key.data, v->at,
		    v->len, v->client);
		for (size_t k = 0; k < v->text.len; k++)
			buf_printf(&t->out, "%02x", v->text.data[k]);
		buf_str(&t->out, "\"]");
	}
	buf_byte(&t->out, ']');
	return 0;
}

/* The verbs about the document; 1 if it is none of them. */
static int
answer_doc(struct talk *t, const char *verb, struct err *e)
{
	if (strcmp(verb, "new") == 0)
		return talk_new(t);
	if (strcmp(verb, "apply") == 0)
		return yjs_doc_apply(t->doc, t->args[0], &yjs_limits_all, NULL, e);
	if (strcmp(verb, "changes") == 0)
		return talk_changes(t, e);
	if (strcmp(verb, "state") == 0 || strcmp(verb, "integrated") == 0)
		return talk_state(t, verb[0] == 's', e);
	if (strcmp(verb, "text") == 0)
		return talk_json(t, YJS_TEXT, e);
	if (strcmp(verb, "map") == 0)
		return talk_json(t, YJS_MAP, e);
	if (strcmp(verb, "array") == 0)
		return talk_json(t, YJS_ARRAY, e);
	if (strcmp(verb, "at") == 0)
		return yjs_doc_at(t->doc, t->args[0], &t->out, e);
	if (strcmp(verb, "docsv") == 0)
		yjs_doc_sv(t->doc, &t->out);
	else if (strcmp(verb, "snapshot") == 0)
		yjs_doc_snapshot(t->doc, &t->out);
	else if (strcmp(verb, "waiting") == 0)
		buf_printf(&t->out, "%zu", yjs_doc_waiting(t->doc));
	else
		return 1;
	t->text = strcmp(verb, "waiting") == 0;
	return 0;
}

static int
answer(struct talk *t, const char *verb, struct err *e)
{
	const struct yjs_limits *lim = &yjs_limits_all;

	if (strcmp(verb, "validate") == 0)
		return yjs_validate(t->args[0], lim, NULL, e);
	if (strcmp(verb, "merge") == 0)
		return yjs_merge(&t->out, t->args, t->n, lim, e);
	if (strcmp(verb, "diff") == 0)
		return yjs_diff(&t->out, t->args[0], t->args[1], lim, e);
	if (strcmp(verb, "sv") == 0)
		return yjs_update_sv(&t->out, t->args[0], lim, e);
	if (strcmp(verb, "awareness") == 0)
		return talk_awareness(t, e);
	if (strcmp(verb, "frames") == 0)
		return talk_frames(t, e);
	int result = answer_doc(t, verb, e);
	if (result == 1)
		die("talk: no such verb: %s", verb);
	return result;
}

static void
say(struct talk *t, int result, const struct err *e)
{
	if (result != 0) {
		printf("no %s\n", e->detail);
	} else if (t->text) {
		printf("ok %s\n", buf_cstr(&t->out));
	} else {
		fputs("ok ", stdout);
		for (size_t i = 0; i < t->out.len; i++)
			printf("%02x", t->out.data[i]);
		putchar('\n');
	}
	fflush(stdout);
}

int
cmd_talk(int argc, char **argv)
{
	struct talk t = { .a = arena_new(1 << 16), .doc = yjs_doc_new(NULL) };
	char *line = NULL;
	size_t cap = 0;

	(void)argv;
	if (argc != 0)
		die("talk: takes no arguments");
	while (getline(&line, &cap, stdin) > 0) {
		struct err e = { 0 };
		char *save, *verb = strtok_r(line, " \n", &save), *arg;
		t.n = 0;
		t.text = false;
		memset(t.args, 0, 2 * sizeof(t.args[0]));
		while (t.n < ARGS_MAX && (arg = strtok_r(NULL, " \n", &save)) != NULL)
			t.args[t.n++] = from_hex(t.a, arg);
		if (verb != NULL)
			say(&t, answer(&t, verb, &e), &e);
		buf_clear(&t.out);
		arena_reset(t.a);
	}
	free(line);
	buf_free(&t.out);
	yjs_doc_free(t.doc);
	arena_free(t.a);
	return 0;
}
