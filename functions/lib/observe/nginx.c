/*
 * nginx.c - what the gateway and the broadcasters count: stub_status and nchan's own page, text of a few lines.
 */
#include "page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Active connections: 3
 * server accepts handled requests
 *  16 16 42
 * Reading: 0 Writing: 1 Waiting: 2
 */
bool
gateway_page(struct sources *s, struct buf *out)
{
	unsigned long long active, accepted, handled, requests, reading, writing, waiting;
	const char *text = page_get(s, s->gateway, "/status"), *name = "viva_gateway_connections";

	if (text == NULL)
		return false;
	int n = sscanf(text, "Active connections: %llu server accepts handled requests %llu %llu %llu "
	    "Reading: %llu Writing: %llu Waiting: %llu", &active, &accepted, &handled, &requests, &reading, &writing,
	    &waiting);
	if (n != 7) {
		err_set(&s->err, ERR_INTERNAL, "the gateway's status is written otherwise than we know");
		return false;
	}
	family(out, name, "gauge", "Connections of clients to the gateway by what they do.");
	sample(out, name, (double)reading, "state=\"reading\"");
	sample(out, name, (double)writing, "state=\"writing\"");
	sample(out, name, (double)waiting, "state=\"waiting\"");
	counter(out, "viva_gateway_connections_total", "Connections that the gateway accepted.", (double)accepted);
	counter(out, "viva_gateway_dropped_connections_total", "Connections accepted and dropped: no place was left.",
	    (double)(accepted - handled));
	counter(out, "viva_gateway_requests_total", "Requests that the gateway read.", (double)requests);
	return refused_page(s, out);
}

/* The number behind "name: " of nchan's page; -1 where there is none. */
static double
number(const char *text, const char *name)
{
	const char *at = text;

	while ((at = strstr(at, name)) != NULL && at != text && at[-1] != '\n')
		at++;
	return at != NULL ? strtod(at + strlen(name), NULL) : -1;
}

/* Names differ by instance: a family's samples stand together, and these are two parts of the page. */
static bool
broadcaster(struct sources *s, struct http *h, const char *instance, struct buf *out)
{
	const char *text = page_get(s, h, "/status");

	if (text == NULL)
		return false;
	gauge(out, arena_printf(s->arena, "viva_%s_subscribers", instance), "Sockets that listen.",
	    number(text, "subscribers: "));
	gauge(out, arena_printf(s->arena, "viva_%s_channels", instance),
	    "Channels that somebody listens to, or did just now.", number(text, "channels: "));
	counter(out, arena_printf(s->arena, "viva_%s_messages_total", instance), "Messages that were published.",
	    number(text, "total published messages: "));
	return true;
}

bool
realtime_page(struct sources *s, struct buf *out)
{
	return broadcaster(s, s->realtime, "realtime", out);
}

bool
signals_page(struct sources *s, struct buf *out)
{
	return broadcaster(s, s->signals, "signals", out);
}
