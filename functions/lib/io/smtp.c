/*
 * smtp.c - see smtp.h.
 *
 * libcurl knows the protocol and tells one failure from another badly, so the conversation is listened to: the
 * server's last line is the reason, and what we had said before tells whose fault it is. A 5xx after RCPT or DATA is
 * about this recipient or this mail; one before is about us (our address, our password), which the operator can
 * change while the mail waits. What is heard holds the password as well, so no more of it is kept than that.
 */
#include "smtp.h"

#include "config.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONNECT_SECONDS 15L
#define SECONDS 60L
#define ADDRESS_MAX 254

struct talk {
	struct bytes rest;	/* of the message */
	bool about_mail;	/* the last command was RCPT or DATA */
	bool over;		/* it was QUIT: what is said now is no reason */
	char said[128];		/* the server's last line */
};

static bool
all_of(const char *s, size_t len, const char *more)
{
	for (size_t i = 0; i < len; i++)
		if (!isascii((unsigned char)s[i]) || (!isalnum((unsigned char)s[i]) && strchr(more, s[i]) == NULL))
			return false;
	return len > 0;
}

bool
smtp_address_ok(const char *address)
{
	const char *at = strrchr(address, '@');

	return at != NULL && strlen(address) <= ADDRESS_MAX
	    && all_of(address, (size_t)(at - address), "!#$%&'*+-/=?^_`{|}~.") && all_of(at + 1, strlen(at + 1), "-.");
}

static size_t
give(char *to, size_t size, size_t n, void *arg)
{
	struct talk *t = arg;
	size_t len = size * n < t->rest.len ? size * n : t->rest.len;

	memcpy(to, t->rest.data, len);
	t->rest.data += len;
	t->rest.len -= len;
	return len;
}

/* For a log: printable, and cut. */
static void
keep_line(struct talk *t, const char *line, size_t len)
{
	size_t n = 0;

	for (; n < len && n < sizeof(t->said) - 1 && line[n] != '\r' && line[n] != '\n'; n++)
		t->said[n] = isascii((unsigned char)line[n]) && isprint((unsigned char)line[n]) ? line[n] : '?';
	t->said[n] = '\0';
}

static int
listen_to(CURL *curl, curl_infotype type, char *data, size_t len, void *arg)
{
	struct talk *t = arg;

	(void)curl;
	t->over |= type == CURLINFO_HEADER_OUT && len >= 4 && memcmp(data, "QUIT", 4) == 0;
	if (t->over)
		return 0;
	if (type == CURLINFO_HEADER_IN)
		keep_line(t, data, len);
	else if (type == CURLINFO_HEADER_OUT)
		t->about_mail = len >= 4 && (memcmp(data, "RCPT", 4) == 0 || memcmp(data, "DATA", 4) == 0);
	return 0;
}

/* What does not change from mail to mail; -1: a setting is wrong. */
static int
set_server(CURL *curl, struct arena *a, struct err *err)
{
	const char *user = config_str("VIVA_SMTP_USER", NULL), *password;
	const char *ca = arena_printf(a, "%s/smtp.ca", config_str("VIVA_SECRETS", "/nowhere"));

	curl_easy_setopt(curl, CURLOPT_URL, config_str("VIVA_SMTP_URL", ""));
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, SECONDS);
	if (access(ca, R_OK) == 0)
		curl_easy_setopt(curl, CURLOPT_CAINFO, ca);
	if (user == NULL)
		return 0;
	if (config_secret(a, err, "smtp.pass", &password) < 0) {
		err->kind = ERR_BUSY;	/* it can be put there while the mail waits */
		return -1;
	}
	curl_easy_setopt(curl, CURLOPT_USERNAME, user);
	curl_easy_setopt(curl, CURLOPT_PASSWORD, password);
	return 0;
}

static void
set_message(CURL *curl, struct talk *talk, const char *from, struct curl_slist *to)
{
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(curl, CURLOPT_READDATA, talk);
	curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);	/* nothing is printed: listen_to() has it */
	curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, listen_to);
	curl_easy_setopt(curl, CURLOPT_DEBUGDATA, talk);
}

static int
explain(struct err *err, CURLcode code, const struct talk *t)
{
	long said = strtol(t->said, NULL, 10);

	if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
		return err_set(err, ERR_BUSY, "VIVA_SMTP_URL is no smtp:// or smtps:// address");
	if (code == CURLE_LOGIN_DENIED)
		return err_set(err, ERR_BUSY, "the mail server refuses our user or password: %s", t->said);
	if (t->about_mail && said >= 500 && said < 600)
		return err_field(err, "/recipient", "the mail server refuses it: %s", t->said);
	if (said >= 400 && said < 600)
		return err_set(err, ERR_BUSY, "the mail server says: %s", t->said);
	return err_set(err, ERR_BUSY, "the mail server: %s", curl_easy_strerror(code));
}

int
smtp_send(struct arena *a, struct err *err, const char *from, const char *to, struct bytes message)
{
	if (!smtp_address_ok(from))
		return err_set(err, ERR_BUSY, "VIVA_MAIL_FROM has no address that mail can be sent from");
	if (!smtp_address_ok(to))
		return err_field(err, "/recipient", "no mail can be sent to such an address");

	struct talk talk = { .rest = message };
	CURL *curl = curl_easy_init();
	struct curl_slist *recipients = curl_slist_append(NULL, arena_printf(a, "<%s>", to));
	if (curl == NULL || recipients == NULL)
		abort();
	set_message(curl, &talk, arena_printf(a, "<%s>", from), recipients);
	int failed = set_server(curl, a, err);
	if (failed == 0) {
		CURLcode code = curl_easy_perform(curl);
		failed = code == CURLE_OK ? 0 : explain(err, code, &talk);
	}
	curl_slist_free_all(recipients);
	curl_easy_cleanup(curl);
	return failed;
}
