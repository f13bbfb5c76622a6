/*
 * delivery.c - see delivery.h.
 *
 * connect -> write the request -> read the reply -> an outcome. One that does not connect, or that answers 503, is
 * nobody's fault: a function is being replaced, the database is away. Everything else that is not 2xx is the
 * handler's, and 422 says that trying again will not help.
 */
#include "delivery.h"

#include "api_types.h"
#include "arena.h"
#include "clock.h"
#include "id.h"
#include "manager.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REPLY_MAX (256u << 10)

__attribute__((format(printf, 3, 4))) static void
end_as(struct delivery *d, enum outcome outcome, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(d->reason, sizeof(d->reason), fmt, ap);
	va_end(ap);
	d->outcome = outcome;
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
}

/* Its handler's log lines are found under an id that looks like the gateway's. */
static void
write_request(struct delivery *d, struct bytes body)
{
	char request[HEX_ID_LEN + 1], size[24], attempt[24], uri[96], trace[64];
	const char *params[] = { "REQUEST_METHOD", "POST", "REQUEST_URI", uri, "HTTP_HOST", "dispatch",
		"REQUEST_ID", request, "TRACEPARENT", trace, "CONTENT_TYPE", "application/json", "CONTENT_LENGTH", size,
		"TRIGGER", d->trigger->operation, "MESSAGE_ID", d->id, "MESSAGE_ATTEMPT", attempt, NULL };

	hex_id_new(request);
	snprintf(trace, sizeof(trace), "00-%s-%.16s-01", d->trace, request);
	snprintf(uri, sizeof(uri), "/%s", d->trigger->operation);
	snprintf(size, sizeof(size), "%zu", body.len);
	snprintf(attempt, sizeof(attempt), "%lld", (long long)d->attempt);
	fastcgi_ask(&d->out, params, body);
}

void
delivery_begin(struct delivery *d, const struct trigger *trigger, const char *id, int64_t attempt, struct bytes body,
    const char *trace)
{
	*d = (struct delivery){ .trigger = trigger, .attempt = attempt, .began = clock_mono_ms() };
	d->deadline = d->began + trigger->seconds * 1000LL;
	snprintf(d->id, sizeof(d->id), "%s", id);
	if (trace != NULL)
		snprintf(d->trace, sizeof(d->trace), "%s", trace);
	else
		trace_new(d->trace);
	write_request(d, body);
	d->fd = manager_connect(trigger->function);
	if (d->fd < 0)
		end_as(d, OUTCOME_BUSY, "%s cannot be reached: %s", trigger->function, strerror(errno));
}

short
delivery_events(const struct delivery *d)
{
	return d->written < d->out.len ? POLLOUT | POLLIN : POLLIN;
}

static enum outcome
outcome_of(int status)
{
	if (status >= 200 && status < 300)
		return OUTCOME_DONE;
	if (status == 503 || status == 429)
		return OUTCOME_BUSY;
	return status == 422 || status == 413 ? OUTCOME_POISON : OUTCOME_FAILED;
}

/* A problem as text: its detail, and where in the message. */
static void
explain(struct delivery *d, const struct fastcgi_head *head)
{
	struct arena *a = arena_new(4096);
	struct err e = { 0 };
	struct problem *p;
	enum outcome outcome = outcome_of(head->status);

	if (outcome == OUTCOME_DONE)
		end_as(d, outcome, "done");
	else if (problem_decode(a, &e, head->body, &p) < 0)
		end_as(d, outcome, "it answered %d", head->status);
	else if (p->errors_count > 0)
		end_as(d, outcome, "%d at %s: %s", head->status, p->errors[0].pointer, p->errors[0].detail);
	else
		end_as(d, outcome, "%d: %s", head->status, p->detail != NULL ? p->detail : p->title);
	arena_free(a);
}

static void
read_reply(struct delivery *d)
{
	struct fastcgi_head head;
	struct buf *in = &d->reply.in;
	ssize_t n = read(d->fd, buf_reserve(in, 16384), 16384);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		end_as(d, OUTCOME_FAILED, "%s ended without an answer", d->trigger->function);
		return;
	}
	in->len += (size_t)n;
	int ended = fastcgi_take(&d->reply);
	if (ended < 0 || d->reply.out.len > REPLY_MAX || (ended > 0 && !fastcgi_head(&d->reply, &head)))
		end_as(d, OUTCOME_FAILED, "%s answered what is no answer", d->trigger->function);
	else if (ended > 0)
		explain(d, &head);
}

/* What cannot be written is read about: a function that refuses answers first. */
static void
write_more(struct delivery *d)
{
	ssize_t n = send(d->fd, d->out.data + d->written, d->out.len - d->written, MSG_NOSIGNAL);

	if (n > 0)
		d->written += (size_t)n;
	else if (errno != EAGAIN && errno != EINTR)
		d->written = d->out.len;
}

void
delivery_step(struct delivery *d, int64_t now)
{
	if (d->written < d->out.len)
		write_more(d);
	read_reply(d);
	if (d->outcome == OUTCOME_NONE && now >= d->deadline)
		end_as(d, OUTCOME_FAILED, "no answer in %d s", d->trigger->seconds);
}

void
delivery_end(struct delivery *d)
{
	if (d->fd >= 0)
		close(d->fd);
	buf_free(&d->out);
	fastcgi_free(&d->reply);
	*d = (struct delivery){ .fd = -1 };
}
