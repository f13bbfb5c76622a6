/*
 * pg.h - PostgreSQL, one connection a process, opened at first use.
 *
 * SQL lives in `queries.sql` files beside the code that uses it; schemas/gen/sql.mjs turns each
 * statement into one typed C call (build/gen/queries_<dir>.h), and only that generated code calls
 * pg_exec(). A statement is prepared at its first use on a connection; pg_check() tries all of them at once, so
 * SQL that does not fit the schema stops the deploy, not a user.
 *
 * A lost connection is opened again at the next call outside a transaction; a statement that was
 * on its way then fails with ERR_BUSY (whether it happened is not known), so callers make their
 * writes repeatable.
 */
#ifndef IO_PG_H
#define IO_PG_H

#include "arena.h"
#include "buf.h"
#include "err.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

struct pg;

/* A statement that the generator found: its name and text, known before the connection opens. */
struct pg_statement {
	const char *name;
	const char *sql;
	int params;
	int columns;		/* both are checked against the server at prepare */
	uint64_t not_null;	/* columns (bits from 0) in which NULL is a mistake of the statement */
};

/* A parameter as sent: text for everything but bytea. NULL data is SQL NULL. */
struct pg_param {
	const void *data;
	size_t len;		/* used when binary */
	bool binary;
};

/* `conninfo` as libpq takes it (no password: PGPASSFILE has it). Does not connect yet. */
struct pg *pg_new(const char *conninfo);
void pg_free(struct pg *pg);

/* To be called before the first statement; the array must outlive pg. May be called repeatedly. */
void pg_register(struct pg *pg, const struct pg_statement *statements, size_t n);

/* Where results and errors of the calls that follow go: the request's arena and error. */
void pg_bind(struct pg *pg, struct arena *arena, struct err *err);

/* Whether a conninfo names a database by anything but the folder of its socket. */
bool pg_is_remote(const char *conninfo);

/*
 * A spare connection: opened before anybody needs one, to be given to a child that will.
 *
 * pg_hasten() begins to connect and waits for nothing; nothing happens where there is a connection already, or the
 * database is remote. Whoever runs a statement waits for the rest. Who has other things to wait for, too, gives
 * pg_waits() to poll(2) (a descriptor that is ignored, where there is no connection), and calls pg_advance() when
 * that has come, and once where pg_check() has left a connection: it also has the statements prepared and planned, and
 * notices that the server has hung up. After fork(2) the parent calls pg_hand_over(): the connection is the child's,
 * whether it is open or on its way. pg_settle() gives up a connection that nobody has needed, and says whether
 * anybody has needed one.
 */
void pg_hasten(struct pg *pg);
struct pollfd pg_waits(const struct pg *pg);
void pg_advance(struct pg *pg);
void pg_hand_over(struct pg *pg);
bool pg_settle(struct pg *pg);

/*
 * How long the calls until the next pg_bind() wait for a server that says nothing, before they give the connection
 * up and fail with ERR_BUSY: 20 s where nobody says, 5 of them for a connection. Whole seconds, from 2 on.
 */
void pg_patience(struct pg *pg, int ms);

/*
 * Connects and prepares all, and leaves a spare connection. 0, or -1 with ERR_BUSY (server away) or ERR_INTERNAL
 * (SQL is wrong).
 */
int pg_check(struct pg *pg);

/*
 * Runs a prepared statement. Returns the number of rows (of a SELECT or RETURNING) or of rows
 * affected; -1 on failure. A violated constraint is ERR_CONFLICT with pg_constraint() set. With
 * cells != NULL, *cells is an array in the arena of rows * columns views ended by NUL (data == NULL
 * for SQL NULL). `raw` has them come as PostgreSQL keeps them, which for bytea is the bytes and for text the text;
 * otherwise they come as text.
 */
int pg_exec(struct pg *pg, const struct pg_statement *st, const struct pg_param *params,
    bool raw, struct bytes **cells);

/* What the generated calls are made of: texts of numbers, cells back into values, rows in the bound arena. */
#define PG_INT_TEXT 24
void pg_param_int(struct pg_param *p, char text[PG_INT_TEXT], const int64_t *value);	/* NULL is SQL NULL */
void pg_param_bool(struct pg_param *p, const bool *value);
void pg_param_bytes(struct pg_param *p, struct bytes value);
int64_t pg_cell_int(struct bytes cell);	/* 0 for SQL NULL */
bool pg_cell_bool(struct bytes cell);
void *pg_rows(struct pg *pg, int count, size_t size);

/* The constraint or index that the last failure violated, or "". */
const char *pg_constraint(const struct pg *pg);

/* A transaction: 0 or -1. pg_commit after a failed statement is an error; pg_rollback always works. */
int pg_begin(struct pg *pg);
int pg_commit(struct pg *pg);
void pg_rollback(struct pg *pg);

#endif
