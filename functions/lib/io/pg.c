/*
 * pg.c - see pg.h.
 *
 * One libpq connection. Results stay alive until the arena they were bound to is reset, so the strings in the rows
 * point straight into them. A statement is prepared when it is first run on a connection, so that a connection costs
 * no more than what is done with it; on a spare one all are, one after another, while nobody waits for it, and then
 * each is planned: the server's process reads the catalogs for all that it has not met yet, which is most of what a
 * first statement takes. Before the first statement of a request the socket is looked at once, where the server has
 * not answered a moment ago: one that went away in between is noticed there, and not by a user's statement. One that
 * is there and says nothing (stopped, or its machine is) does not stop us as well: we wait no longer than
 * pg_patience().
 */
#include "pg.h"

#include "clock.h"
#include "log.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOMENT_MS 5
#define CONNECT_MS 5000
#define PATIENCE_MS 20000	/* the server ends a statement by itself before: statement_timeout */

struct known {
	const struct pg_statement *st;
	bool prepared;		/* on the present connection */
};

struct pg {
	char *conninfo;
	PGconn *conn;
	PostgresPollingStatusType step;	/* what conn still waits for; it is open when that is PGRES_POLLING_OK */
	bool spare;		/* nobody has needed conn yet */
	bool needed;		/* somebody has needed one, in this process */
	struct known *known;	/* every statement that there is */
	size_t known_count;
	struct known *asked;	/* of a spare connection: being prepared or planned just now, or NULL */
	size_t prepared, planned;	/* and of how many that was tried */
	struct arena *arena;
	struct err *err;
	bool in_transaction;
	bool looked;		/* at the socket, since pg_bind */
	int patience_ms;
	int64_t answered;	/* when the server did last, ms */
	char constraint[64];
};

struct pg *
pg_new(const char *conninfo)
{
	struct pg *pg = calloc(1, sizeof(*pg));

	if (pg == NULL || (pg->conninfo = strdup(conninfo)) == NULL)
		abort();
	pg->patience_ms = PATIENCE_MS;
	return pg;
}

static void
disconnect(struct pg *pg)
{
	PQfinish(pg->conn);
	pg->conn = NULL;
	pg->asked = NULL;
	pg->prepared = pg->planned = 0;
	pg->spare = pg->in_transaction = false;
	for (size_t i = 0; i < pg->known_count; i++)
		pg->known[i].prepared = false;
}

/* libpq says goodbye to the server, which the child still talks to: it says so to nobody. */
void
pg_hand_over(struct pg *pg)
{
	int nobody = pg->conn != NULL ? open("/dev/null", O_RDWR | O_CLOEXEC) : -1;

	if (pg->conn != NULL && (nobody < 0 || dup3(nobody, PQsocket(pg->conn), O_CLOEXEC) < 0))
		close(PQsocket(pg->conn));
	if (nobody >= 0)
		close(nobody);
	disconnect(pg);
}

void
pg_free(struct pg *pg)
{
	if (pg == NULL)
		return;
	disconnect(pg);
	free(pg->known);
	free(pg->conninfo);
	free(pg);
}

void
pg_register(struct pg *pg, const struct pg_statement *statements, size_t n)
{
	pg->known = reallocarray(pg->known, pg->known_count + n + 1, sizeof(*pg->known));
	if (pg->known == NULL)
		abort();
	for (size_t i = 0; i < n; i++)
		pg->known[pg->known_count++] = (struct known){ &statements[i], false };
}

void
pg_bind(struct pg *pg, struct arena *arena, struct err *err)
{
	if (pg->in_transaction) {
		log_error("a transaction was left open; it is rolled back");
		pg_rollback(pg);
	}
	pg->arena = arena;
	pg->err = err;
	pg->looked = false;
	pg->patience_ms = PATIENCE_MS;
	pg->constraint[0] = '\0';
}

void
pg_patience(struct pg *pg, int ms)
{
	pg->patience_ms = ms;
}

/* One line of what the server said, without the newline. */
static int
fail(struct pg *pg, enum err_kind kind, const char *what, const char *message)
{
	return err_set(pg->err, kind, "postgresql: %s: %.*s", what, (int)strcspn(message, "\n"), message);
}

static int
connect_ms(const struct pg *pg)
{
	return pg->patience_ms < CONNECT_MS ? pg->patience_ms : CONNECT_MS;
}

/* By PQconnectdbParams(), or PQconnectStartParams(), which does not wait. */
static PGconn *
connect_by(PGconn *(*how)(const char *const *, const char *const *, int), const struct pg *pg)
{
	char seconds[16];
	const char *const names[] = { "dbname", "connect_timeout", "client_encoding", "options", NULL };
	const char *const values[] = { pg->conninfo, seconds, "UTF8",
		"-c statement_timeout=15s -c idle_in_transaction_session_timeout=30s -c lock_timeout=10s", NULL };

	snprintf(seconds, sizeof(seconds), "%d", connect_ms(pg) / 1000);
	return how(names, values, 1);
}

static int
cannot_connect(struct pg *pg, const char *why)
{
	fail(pg, ERR_BUSY, "cannot connect", why);
	disconnect(pg);
	return -1;
}

static int
connect_now(struct pg *pg)
{
	pg->conn = connect_by(PQconnectdbParams, pg);
	pg->step = PGRES_POLLING_OK;
	pg->looked = true;
	return PQstatus(pg->conn) == CONNECTION_OK ? 0 : cannot_connect(pg, PQerrorMessage(pg->conn));
}

bool
pg_is_remote(const char *conninfo)
{
	const char *host = strstr(conninfo, "host=");

	return host != NULL && host[strlen("host=")] != '/';
}

/* A readable socket nobody asked anything is a notice, or the end: a server that dies says so before it hangs up. */
static void
look(struct pg *pg)
{
	struct pollfd p = { .fd = PQsocket(pg->conn), .events = POLLIN };

	pg->looked = true;
	for (int n = 0; n < 4 && poll(&p, 1, 0) > 0; n++) {
		if (PQconsumeInput(pg->conn) == 0 || PQstatus(pg->conn) != CONNECTION_OK) {
			disconnect(pg);
			return;
		}
	}
}

static int
send_prepare(struct pg *pg, const struct pg_statement *st)
{
	return PQsendPrepare(pg->conn, st->name, st->sql, st->params, NULL);
}

/* Connected to a folder's socket is at once; then there is a packet to send, and everything else is to wait for. */
void
pg_hasten(struct pg *pg)
{
	if (pg->conn != NULL || pg_is_remote(pg->conninfo))
		return;
	pg->conn = connect_by(PQconnectStartParams, pg);
	pg->step = PGRES_POLLING_WRITING;
	pg->spare = true;
	pg_advance(pg);
}

struct pollfd
pg_waits(const struct pg *pg)
{
	bool writes = pg->conn != NULL && pg->step == PGRES_POLLING_WRITING;

	return (struct pollfd){ pg->conn != NULL ? PQsocket(pg->conn) : -1, writes ? POLLOUT : POLLIN, 0 };
}

static void
connect_on(struct pg *pg)
{
	pg->step = PQstatus(pg->conn) != CONNECTION_BAD ? PQconnectPoll(pg->conn) : PGRES_POLLING_FAILED;
	if (pg->step == PGRES_POLLING_FAILED)
		disconnect(pg);
	else if (pg->step == PGRES_POLLING_OK)
		pg->answered = clock_mono_ms();
}

/*
 * What has come of an answer; whoever needs a statement that could not be prepared is told why when they try. One that
 * could not be planned is prepared all the same.
 */
static void
take_answer(struct pg *pg)
{
	look(pg);
	while (pg->conn != NULL && pg->asked != NULL && !PQisBusy(pg->conn)) {
		PGresult *r = PQgetResult(pg->conn);
		if (r == NULL)
			pg->asked = NULL;
		else if (pg->planned == 0)
			pg->asked->prepared = PQresultStatus(r) == PGRES_COMMAND_OK;
		PQclear(r);
	}
}

/*
 * A plan for any parameters: one for NULL, which all are here, would look into no table. EXPLAIN runs nothing, but
 * asks for the rights to: not every function has those for what all of them know, which is nothing for the server's
 * log. The message is one transaction, with which the setting ends.
 */
static bool
send_plan(struct pg *pg, const struct pg_statement *st)
{
	struct buf b = { 0 };

	buf_printf(&b, "SET LOCAL plan_cache_mode = force_generic_plan; "
		       "DO 'BEGIN EXECUTE ''EXPLAIN EXECUTE %s", st->name);
	for (int i = 0; i < st->params; i++)
		buf_str(&b, i == 0 ? "(NULL" : ", NULL");
	buf_str(&b, st->params > 0 ? ")" : "");
	buf_str(&b, "''; EXCEPTION WHEN insufficient_privilege THEN NULL; END'");
	bool sent = PQsendQuery(pg->conn, buf_cstr(&b));
	buf_free(&b);
	return sent;
}

/* The next from *at on that is prepared, or is not; NULL: there is none. */
static struct known *
next_known(struct pg *pg, size_t *at, bool prepared)
{
	while (*at < pg->known_count && pg->known[*at].prepared != prepared)
		++*at;
	return *at < pg->known_count ? &pg->known[(*at)++] : NULL;
}

/* All are prepared before the first is planned. */
static void
ask_next(struct pg *pg)
{
	struct known *k = next_known(pg, &pg->prepared, false);
	bool sent = false;

	if (k != NULL)
		sent = send_prepare(pg, k->st);
	else if ((k = next_known(pg, &pg->planned, true)) != NULL)
		sent = send_plan(pg, k->st);
	pg->asked = sent ? k : NULL;
}

void
pg_advance(struct pg *pg)
{
	if (pg->step != PGRES_POLLING_OK)
		connect_on(pg);
	else
		take_answer(pg);
	if (pg->conn != NULL && pg->spare && pg->step == PGRES_POLLING_OK && pg->asked == NULL)
		ask_next(pg);
}

bool
pg_settle(struct pg *pg)
{
	if (pg->spare)
		disconnect(pg);
	return pg->needed;
}

/* Somebody needs what was begun. One that failed is as if nobody had begun: 0, and there is no connection. */
static int
finish(struct pg *pg)
{
	int64_t until = clock_mono_ms() + connect_ms(pg);

	pg->spare = false;
	while (pg->conn != NULL && (pg->step != PGRES_POLLING_OK || pg->asked != NULL)) {
		struct pollfd p = pg_waits(pg);
		int64_t left = until - clock_mono_ms();
		if (left <= 0)
			return cannot_connect(pg, "it does not answer");
		if (poll(&p, 1, (int)left) > 0)
			pg_advance(pg);
	}
	return 0;
}

/* The kind of failure by SQLSTATE: what may go well the next time is ERR_BUSY. */
static enum err_kind
kind_of(const char *state)
{
	static const char *const again[] = { "08", "40", "53", "55", "57", "58" };

	if (state == NULL)
		return ERR_BUSY;
	if (strncmp(state, "23", 2) == 0)
		return ERR_CONFLICT;
	for (size_t i = 0; i < sizeof(again) / sizeof(*again); i++)
		if (strncmp(state, again[i], 2) == 0)
			return ERR_BUSY;
	return ERR_INTERNAL;
}

static int
fail_result(struct pg *pg, const char *what, const PGresult *r)
{
	const char *constraint = PQresultErrorField(r, PG_DIAG_CONSTRAINT_NAME);

	snprintf(pg->constraint, sizeof(pg->constraint), "%s", constraint != NULL ? constraint : "");
	enum err_kind kind = kind_of(PQresultErrorField(r, PG_DIAG_SQLSTATE));
	const char *silent = pg->conn != NULL ? PQerrorMessage(pg->conn) : "no answer";
	fail(pg, kind, what, r != NULL ? PQresultErrorMessage(r) : silent);
	if (PQstatus(pg->conn) != CONNECTION_OK)
		disconnect(pg);
	return -1;
}

/* Whether there is a result to be taken, or an error; false: nothing came for too long. */
static bool
has_come(struct pg *pg)
{
	struct pollfd p = { .fd = PQsocket(pg->conn), .events = POLLIN };

	while (PQisBusy(pg->conn)) {
		if (poll(&p, 1, pg->patience_ms) == 0)
			return false;
		if (PQconsumeInput(pg->conn) == 0)
			return true;
	}
	return true;
}

/* The last result of what was sent: NULL where it could not be, or where we gave the connection up. */
static PGresult *
answer(struct pg *pg, int sent)
{
	PGresult *last = NULL, *next;

	while (sent) {
		if (!has_come(pg)) {
			PQclear(last);
			disconnect(pg);
			return NULL;
		}
		if ((next = PQgetResult(pg->conn)) == NULL)
			break;
		PQclear(last);
		last = next;
	}
	return last;
}

static int
check_shape(struct pg *pg, const struct pg_statement *st)
{
	PGresult *r = answer(pg, PQsendDescribePrepared(pg->conn, st->name));
	int result = 0;

	if (PQresultStatus(r) != PGRES_COMMAND_OK)
		result = fail_result(pg, st->name, r);
	else if (PQnparams(r) != st->params || (st->columns > 0 && PQnfields(r) != st->columns))
		result = err_set(pg->err, ERR_INTERNAL,
		    "statement %s: queries.sql names %d parameters and %d columns, the server sees %d and %d", st->name,
		    st->params, st->columns, PQnparams(r), PQnfields(r));
	PQclear(r);
	return result;
}

static int
prepare(struct pg *pg, const struct pg_statement *st)
{
	PGresult *r = answer(pg, send_prepare(pg, st));
	int result = PQresultStatus(r) == PGRES_COMMAND_OK ? 0 : fail_result(pg, st->name, r);

	PQclear(r);
	return result;
}

static int
prepare_once(struct pg *pg, struct known *k)
{
	if (!k->prepared && prepare(pg, k->st) < 0)
		return -1;
	k->prepared = true;
	return 0;
}

static struct known *
find(struct pg *pg, const struct pg_statement *st)
{
	for (struct known *k = pg->known; k < pg->known + pg->known_count; k++)
		if (k->st == st)
			return k;
	abort();
}

static int
check_all(struct pg *pg)
{
	for (struct known *k = pg->known; k < pg->known + pg->known_count; k++)
		if (prepare_once(pg, k) < 0 || check_shape(pg, k->st) < 0)
			return -1;
	return 0;
}

/* Connected, as far as can be told without asking. */
static int
ready(struct pg *pg)
{
	pg->needed = true;
	if (pg->spare && finish(pg) < 0)
		return -1;
	if (pg->conn != NULL && !pg->looked && !pg->in_transaction && clock_mono_ms() - pg->answered > MOMENT_MS)
		look(pg);
	return pg->conn != NULL ? 0 : connect_now(pg);
}

int
pg_check(struct pg *pg)
{
	bool ok = ready(pg) == 0 && check_all(pg) == 0;

	if (!ok)
		disconnect(pg);
	pg->spare = ok;
	pg->needed = false;
	return ok ? 0 : -1;
}

static void
clear_result(void *result)
{
	PQclear(result);
}

static struct bytes
cell_of(const PGresult *r, int row, int column)
{
	if (PQgetisnull(r, row, column))
		return (struct bytes){ NULL, 0 };
	return (struct bytes){ (const uint8_t *)PQgetvalue(r, row, column), (size_t)PQgetlength(r, row, column) };
}

static int
take_rows(struct pg *pg, const struct pg_statement *st, const PGresult *r, struct bytes **cells)
{
	int rows = PQntuples(r), columns = st->columns;

	if (PQnfields(r) != columns)
		return err_set(pg->err, ERR_INTERNAL, "statement %s: queries.sql names %d columns, the server sends %d",
		    st->name, columns, PQnfields(r));
	*cells = arena_array(pg->arena, (size_t)rows * (size_t)columns, sizeof(**cells));
	for (int i = 0; i < rows; i++)
		for (int j = 0; j < columns; j++) {
			struct bytes cell = cell_of(r, i, j);
			if (cell.data == NULL && (st->not_null >> j & 1))
				return err_set(
				    pg->err, ERR_INTERNAL, "statement %s: column %d is NULL", st->name, j + 1);
			(*cells)[(size_t)i * (size_t)columns + (size_t)j] = cell;
		}
	return rows;
}

static PGresult *
run(struct pg *pg, const struct pg_statement *st, const struct pg_param *params, bool raw)
{
	const char *values[64];
	int lengths[64], binary[64];

	if (st->params > 64)
		abort();
	for (int i = 0; i < st->params; i++) {
		if (params[i].len > INT32_MAX)
			abort();
		values[i] = params[i].data;
		lengths[i] = (int)params[i].len;
		binary[i] = params[i].binary;
	}
	return answer(pg, PQsendQueryPrepared(pg->conn, st->name, st->params, values, lengths, binary, raw));
}

int
pg_exec(struct pg *pg, const struct pg_statement *st, const struct pg_param *params, bool raw,
    struct bytes **cells)
{
	if (ready(pg) < 0 || prepare_once(pg, find(pg, st)) < 0)
		return -1;
	PGresult *r = run(pg, st, params, raw);
	ExecStatusType status = PQresultStatus(r);
	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
		fail_result(pg, st->name, r);
		PQclear(r);
		return -1;
	}
	pg->answered = clock_mono_ms();
	arena_defer(pg->arena, clear_result, r);
	if (cells != NULL)
		return take_rows(pg, st, r, cells);
	return status == PGRES_TUPLES_OK ? PQntuples(r) : atoi(PQcmdTuples(r));
}

const char *
pg_constraint(const struct pg *pg)
{
	return pg->constraint;
}

static int
command(struct pg *pg, const char *sql, const char *tag)
{
	PGresult *r = answer(pg, PQsendQuery(pg->conn, sql));
	int result = 0;

	if (PQresultStatus(r) != PGRES_COMMAND_OK)
		result = fail_result(pg, sql, r);
	else if (strcmp(PQcmdStatus(r), tag) != 0)
		result = err_set(pg->err, ERR_INTERNAL, "postgresql: %s ended as %s", sql, PQcmdStatus(r));
	PQclear(r);
	return result;
}

int
pg_begin(struct pg *pg)
{
	if (pg->in_transaction)
		return err_set(pg->err, ERR_INTERNAL, "a transaction inside a transaction");
	if (ready(pg) < 0 || command(pg, "BEGIN", "BEGIN") < 0)
		return -1;
	pg->in_transaction = true;
	return 0;
}

int
pg_commit(struct pg *pg)
{
	if (!pg->in_transaction)
		return err_set(
		    pg->err, pg->conn == NULL ? ERR_BUSY : ERR_INTERNAL, "postgresql: the transaction is gone");
	pg->in_transaction = false;
	return command(pg, "COMMIT", "COMMIT");
}

void
pg_rollback(struct pg *pg)
{
	if (!pg->in_transaction)
		return;
	pg->in_transaction = false;
	PGresult *r = answer(pg, PQsendQuery(pg->conn, "ROLLBACK"));
	if (PQresultStatus(r) != PGRES_COMMAND_OK)
		disconnect(pg);
	PQclear(r);
}

void
pg_param_int(struct pg_param *p, char text[PG_INT_TEXT], const int64_t *value)
{
	if (value == NULL)
		return;
	snprintf(text, PG_INT_TEXT, "%lld", (long long)*value);
	p->data = text;
}

void
pg_param_bool(struct pg_param *p, const bool *value)
{
	if (value != NULL)
		p->data = *value ? "t" : "f";
}

/* NULL data is SQL NULL: for empty bytes the pointer must be something. */
void
pg_param_bytes(struct pg_param *p, struct bytes value)
{
	p->data = value.data;
	p->len = value.len;
	p->binary = true;
}

int64_t
pg_cell_int(struct bytes cell)
{
	return cell.data == NULL ? 0 : strtoll((const char *)cell.data, NULL, 10);
}

bool
pg_cell_bool(struct bytes cell)
{
	return cell.data != NULL && cell.data[0] == 't';
}

void *
pg_rows(struct pg *pg, int count, size_t size)
{
	return arena_array(pg->arena, (size_t)count, size);
}
