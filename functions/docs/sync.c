/*
 * sync.c - POST /api/rooms/{room}/docs/{document}/sync: what the caller lacks.
 *
 * The browser opens its socket first and asks here second, so that no edit falls between. The answer
 * is sync step 2 (what its state vector shows it to lack) and step 1 (the server's own), from which the
 * browser sees what the server lacks. Only what is integrated is sent: edits whose predecessor is still on
 * its way would wait in every browser for ever if it never came. Where such a predecessor is missed, the room
 * is asked.
 */
#include "docs.h"

#include "log.h"

static int
take_step1(struct fn *fn, struct bytes in, struct bytes *sv)
{
	struct yjs_frame frame;
	int got = yjs_frame_next(&in, &frame, &fn->err);

	if (got < 0)
		return -1;
	if (got == 0 || frame.kind != YJS_SYNC_STEP1 || in.len > 0)
		return err_set(&fn->err, ERR_INVALID, "one sync step 1 is wanted: the caller's state vector");
	*sv = frame.payload;
	return 0;
}

int
docs_sync(struct fn *fn, const struct docs_sync_params *params, struct bytes in, struct buf *out)
{
	struct doc d;
	struct doc_state state;
	struct yjs_doc *doc;
	struct buf part = { 0 };
	struct yjs_sv theirs;
	struct bytes sv;

	if (document_open(fn, params->room, params->document, &d) < 0 || take_step1(fn, in, &sv) < 0 ||
	    yjs_sv_decode(fn->arena, sv, 0, &theirs, &fn->err) < 0 || document_load(fn, &d, &state) < 0 ||
	    document_build(fn, &state, &doc) < 0)
		return -1;
	yjs_doc_encode(doc, &theirs, &part);
	yjs_frame_write(out, YJS_SYNC_STEP2, buf_bytes(&part));
	buf_clear(&part);
	yjs_doc_sv(doc, &part);
	yjs_frame_write(out, YJS_SYNC_STEP1, buf_bytes(&part));
	buf_free(&part);
	return 0;
}

/* Everyone's client answers with a sync of its own, which brings what the server lacks. */
void
document_ask_room(struct fn *fn, void *arg)
{
	const struct doc *d = arg;
	struct buf sv = { 0 }, frame = { 0 };
	struct yjs_doc *doc;
	struct err err = { 0 };

	redisReply *first = redis_cmd(fn->redis, "SET %s:asked 1 NX PX 10000", d->log);
	if (first == NULL || first->type != REDIS_REPLY_STATUS || document_read(fn, d, &doc) < 0)
		return;
	yjs_doc_sv(doc, &sv);
	yjs_frame_write(&frame, YJS_SYNC_STEP1, buf_bytes(&sv));
	if (realtime_publish(fn->realtime, &err, arena_printf(fn->arena, "doc.%s.%s", d->room, d->name), frame.data,
	    frame.len) < 0)
		log_warn("the room was not asked for missing edits: %s", err.detail);
	buf_free(&sv);
	buf_free(&frame);
}
