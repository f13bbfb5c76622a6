/*
 * origin.c - refuses what another site makes a browser send.
 *
 * Our cookies are SameSite=Lax, which stops most of it; this stops the rest (a site on a sibling domain, an old
 * browser, a WebSocket handshake, signing a visitor in as somebody else):
 *
 *	request			Origin there			Origin absent
 *	write, or handshake	must be ours, or one of		with a cookie only where Sec-Fetch-Site says
 *				VIVA_ORIGINS			same-origin or none; without one: allowed
 *	Authorization: Bearer	allowed, whatever Origin says: no other site knows the token
 *	other GET, HEAD		allowed: they change nothing, and no other site can read the answer
 */
#include "request.h"

#include "config.h"

#include <string.h>

static bool
is_listed(const char *origin)
{
	const char *list = config_str("VIVA_ORIGINS", "");
	size_t len = strlen(origin);

	while (*list != '\0') {
		list += strspn(list, " ,");
		size_t n = strcspn(list, " ,");
		if (n == len && memcmp(list, origin, n) == 0)
			return true;
		list += n;
	}
	return false;
}

static bool
reads_only(const struct request *r)
{
	return strcmp(r->method, "GET") == 0 || strcmp(r->method, "HEAD") == 0;
}

int
origin_check(struct request *r)
{
	struct err *e = &r->fn.err;
	const char *origin = r->origin_header, *site = r->fetch_site;

	if (r->authorization != NULL || (reads_only(r) && !r->route->websocket))
		return 0;
	if (origin != NULL) {
		if (strcmp(origin, r->fn.origin) == 0 || is_listed(origin))
			return 0;
		return err_set(e, ERR_DENIED, "this request came from another site: Origin is not %s", r->fn.origin);
	}
	if (r->cookies == NULL || (site != NULL && (strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0)))
		return 0;
	return err_set(e, ERR_DENIED, "a request with cookies needs an Origin header");
}
