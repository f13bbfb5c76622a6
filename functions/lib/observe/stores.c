/*
 * stores.c - PostgreSQL, Redis and the disk: as much as says that they are well, or what they run short of.
 */
#include "page.h"

#include "queries_observe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

static bool
connections(struct sources *s, struct buf *out)
{
	struct connections_by_role_row *rows;
	int n = connections_by_role(s->pg, &rows);

	if (n < 0)
		return false;
	family(out, "viva_postgres_connections", "gauge", "Connections to our database by role.");
	for (int i = 0; i < n; i++)
		if (is_label(rows[i].role))
			sample(out, "viva_postgres_connections", (double)rows[i].n, "role=\"%s\"", rows[i].role);
	return true;
}

/* Of queues and schedules (functions/lib/dispatch). */
static bool
messages(struct sources *s, struct buf *out)
{
	struct messages_now_row *row;

	if (messages_now(s->pg, &row) <= 0)
		return false;
	gauge(out, "viva_messages_waiting", "Messages that were sent and are not handled yet.", (double)row->waiting);
	gauge(out, "viva_messages_late_seconds", "For how long the message that is due longest has been due.",
	    (double)row->late_ms / 1000);
	gauge(out, "viva_messages_dead", "Messages that are not tried again.", (double)row->dead);
	return true;
}

bool
postgres_page(struct sources *s, struct buf *out)
{
	const char *name = "viva_postgres_transactions_total";
	struct database_load_row *row;

	if (database_load(s->pg, &row) <= 0 || !connections(s, out) || !messages(s, out))
		return false;
	gauge(out, "viva_postgres_connections_max", "Connections that PostgreSQL takes in all.",
	    (double)row->connections_max);
	family(out, name, "counter", "Transactions by how they ended.");
	sample(out, name, (double)row->commits, "end=\"commit\"");
	sample(out, name, (double)row->rollbacks, "end=\"rollback\"");
	counter(out, "viva_postgres_deadlocks_total", "Deadlocks that PostgreSQL broke.", (double)row->deadlocks);
	gauge(out, "viva_postgres_size_bytes", "Our database on disk.", (double)row->size);
	return true;
}

/* "name:" at the beginning of a line of INFO; its value ends with the line. */
static const char *
info(const char *text, const char *name)
{
	const char *at = text;

	while ((at = strstr(at, name)) != NULL && at != text && at[-1] != '\n')
		at++;
	return at != NULL ? at + strlen(name) : "";
}

bool
redis_page(struct sources *s, struct buf *out)
{
	redisReply *r = redis_cmd(s->redis, "INFO");

	if (r == NULL || r->str == NULL)
		return false;
	const char *text = r->str;
	gauge(out, "viva_redis_memory_bytes", "Memory that Redis' data take.",
	    strtod(info(text, "used_memory:"), NULL));
	gauge(out, "viva_redis_memory_max_bytes", "Memory that they may take; then edits are refused.",
	    strtod(info(text, "maxmemory:"), NULL));
	gauge(out, "viva_redis_clients", "Connections to Redis.", strtod(info(text, "connected_clients:"), NULL));
	counter(out, "viva_redis_commands_total", "Commands that Redis ran.",
	    strtod(info(text, "total_commands_processed:"), NULL));
	gauge(out, "viva_redis_append_ok", "Whether Redis could write its log to disk; 0: edits are refused.",
	    strncmp(info(text, "aof_last_write_status:"), "ok", 2) == 0);
	counter(out, "viva_redis_rejected_connections_total", "Connections refused: there were too many.",
	    strtod(info(text, "rejected_connections:"), NULL));
	return true;
}

bool
disk_page(struct sources *s, struct buf *out)
{
	struct statvfs v;

	if (statvfs(arena_printf(s->arena, "%s/..", s->run), &v) < 0) {
		err_set(&s->err, ERR_INTERNAL, "%s/..: %s", s->run, strerror(errno));
		return false;
	}
	gauge(out, "viva_disk_free_bytes", "What is left of the disk that holds the state.",
	    (double)v.f_bavail * (double)v.f_frsize);
	gauge(out, "viva_disk_size_bytes", "The disk that holds the state.", (double)v.f_blocks * (double)v.f_frsize);
	return true;
}
