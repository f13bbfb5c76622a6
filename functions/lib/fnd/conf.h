/*
 * conf.h - pool.conf: what a function may take.
 *
 *	# Edits: many small requests from everyone who types.
 *	max 4
 *
 * Lines `key value`, each key at most once; what is not said is as by default. # begins a comment.
 *
 *	min		0	workers that are kept even when nothing is to do, at most max
 *	max		8	workers, each with one connection to PostgreSQL at most; the default is $VIVA_WORKERS
 *				where that is set
 *	deadline	30	seconds that a request may take; then its worker is killed and the caller told (504)
 *	memory		512	MiB that a worker may take; 0: no limit
 *	requests	0	that a worker may serve before another takes its place; 0: no limit
 *	idle		60	seconds without a request after which a worker leaves; ten times as many
 *				while others of the function are asked
 *	live		0	1: its workers run in real time, as soon as they are woken, where the machine allows
 *				it: for short work that somebody waits for as they type. What computes for long would
 *				hold up everybody
 *	reach_realtime	0	1: it publishes documents and events; others do not reach that socket
 *	reach_signals	0	1: it publishes what calls are set up by, likewise
 */
#ifndef FND_CONF_H
#define FND_CONF_H

#include "scoreboard.h"

/*
 * Reads <program>.conf; without the file all is as by default. What is wrong in it is told in the log, with its line:
 * then *out stays as it was, or where it was nothing yet (max is 0) is as by default.
 */
void conf_read(const char *program, struct board_limits *out);

#endif
