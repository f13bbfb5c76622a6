/*
 * trigger.c - the function's side of queues, schedules and ends of sockets: messages on their way out, and handlers.
 *
 * A handler is asked on the function's own socket, by the parameter TRIGGER, which names it: by the dispatcher
 * (lib/dispatch), and by the gateway where a WebSocket has closed. Whatever a client says, the gateway sends that
 * parameter from one place only (nginx/conf/handshake.conf), with a name from api.yaml and with the message that the
 * handshake left there, and no path leads to a handler: so there is no caller to be checked here.
 *
 * Sending adds a row, in the function's transaction if it has one open. The bell is rung after the reply, when whatever
 * was to be committed is; a bell that nobody hears costs a second.
 */
#include "request.h"

#include "log.h"
#include "queries_runtime.h"

#include <stdlib.h>
#include <string.h>

static const char *
param(const struct request *r, const char *name)
{
	return FCGX_GetParam(name, r->fcgi->envp);
}

bool
trigger_asked(const struct request *r)
{
	return param(r, "TRIGGER") != NULL;
}

int
trigger_find(struct request *r, const struct function *f)
{
	const char *wanted = param(r, "TRIGGER"), *id = param(r, "MESSAGE_ID"), *attempt = param(r, "MESSAGE_ATTEMPT");

	if (id == NULL || *id == '\0' || attempt == NULL)
		return err_set(&r->fn.err, ERR_INVALID, "MESSAGE_ID and MESSAGE_ATTEMPT are missing");
	r->method = "TRIGGER";
	r->message = param(r, "MESSAGE");
	r->fn.delivery = (struct delivery){ .id = arena_strdup(r->fn.arena, id), .attempt = atoi(attempt) };
	for (size_t i = 0; i < f->triggers_count; i++) {
		if (strcmp(f->triggers[i].id, wanted) != 0)
			continue;
		r->route = &f->triggers[i];
		return 0;
	}
	return err_set(&r->fn.err, ERR_NOT_FOUND, "%s has no handler %.60s", f->name, wanted);
}

int
fn_send(struct fn *fn, const char *queue, bool once, const struct shape *shape, const void *message)
{
	struct message_send_row *row;
	struct buf json = { 0 };
	char id[ID_LEN + 1];

	id_new(id);
	shape_encode(&json, shape, message);
	int sent = message_send(fn->pg, &row, id, queue, buf_cstr(&json), once, fn->trace);
	buf_free(&json);
	request_of(fn)->sent |= sent > 0;
	return sent < 0 ? -1 : 0;
}

void
trigger_ring(struct request *r)
{
	err_clear(&r->fn.err);
	if (redis_cmd(r->fn.redis, "XADD messages MAXLEN ~ 1000 * from %s", r->fn.request_id) == NULL)
		log_warn("a message is handled a second later, its bell was not heard: %s", r->fn.err.detail);
}
