/*
 * log.h - one JSON object a line, on stderr.
 *
 * {"ts":"2026-11-21T01:02:03.456Z","level":"info","service":"rooms","request":"...","trace":"...","msg":"..."}
 * A line is one write(2), or several lines are, of 4 KiB together: so lines of several processes on one pipe never mix.
 * Text is escaped here; lines are cut at 4 KiB. Secrets are the caller's business: they are never logged.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* `service` must outlive the process's use of the log. Default level: info, or $VIVA_LOG. */
void log_init(const char *service);

/* The request id and the trace (trace.h) shown on this thread's following lines; NULL for none. Both are copied. */
void log_request(const char *request_id, const char *trace);

void log_msg(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * From now on lines are written together: by log_flush(), or when there are 4 KiB of them, when the first has waited
 * for 10 ms as another comes, and with one of `warn` or `error` at once. For a process of one thread that waits for
 * something else for log_wait() at most, calls log_flush(), and only then waits for longer. One that is killed takes
 * along what it still had: lines of the present request and of those before, none of them a warning.
 */
void log_gather(void);

/* Milliseconds for which lines may go on waiting for others; -1: there are none. */
int log_wait(void);

/* Safe in a signal handler that ends the process. */
void log_flush(void);

#define log_debug(...) log_msg(LOG_DEBUG, __VA_ARGS__)
#define log_info(...) log_msg(LOG_INFO, __VA_ARGS__)
#define log_warn(...) log_msg(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_msg(LOG_ERROR, __VA_ARGS__)

#endif
