/*
 * compose.c - see compose.h.
 *
 * Headers are ASCII lines. Text beyond that goes into encoded words, each of whole characters and at most 75 columns;
 * the bodies are base64, so no line of theirs is too long or begins with a dot. A header's value never holds a
 * control character, whoever wrote it: that is checked where the line is made, and so for all of them.
 */
#include "compose.h"

#include "digest.h"
#include "smtp.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#define LINE 76		/* columns of base64 */
#define WORD 39		/* bytes in an encoded word: 52 columns of base64, 12 around them, and "Subject: " */
#define PLAIN_MAX 60	/* columns of a text that is left as it is */
#define PAGE "<!doctype html><html><head><meta charset=\"utf-8\"></head><body>%s</body></html>"

static bool
is_plain(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if (!isascii((unsigned char)*p) || iscntrl((unsigned char)*p))
			return false;
	return strlen(text) <= PLAIN_MAX && strstr(text, "=?") == NULL;
}

/* Bytes of the next encoded word: it ends between two characters. */
static size_t
word_of(const char *text)
{
	size_t len = strlen(text);

	if (len <= WORD)
		return len;
	for (len = WORD; len > WORD - 4 && ((unsigned char)text[len] & 0xc0) == 0x80; len--)
		;
	return len;
}

static const char *
encoded(struct arena *a, const char *text)
{
	struct buf b = { 0 };

	for (size_t n; *text != '\0'; text += n) {
		n = word_of(text);
		buf_printf(&b, "%s=?UTF-8?B?%s?=", b.len > 0 ? "\r\n " : "",
		    digest_base64(a, (struct bytes){ (const uint8_t *)text, n }));
	}
	const char *out = arena_strdup(a, buf_cstr(&b));
	buf_free(&b);
	return out;
}

/* A text that people read, for a header; -1 where it has control characters. */
static int
words(struct arena *a, struct err *err, const char *text, const char **out)
{
	for (const char *p = text; *p != '\0'; p++)
		if (iscntrl((unsigned char)*p))
			return err_set(err, ERR_INVALID, "a header of a mail has no control characters");
	*out = is_plain(text) ? text : encoded(a, text);
	return 0;
}

int
compose_sender(struct arena *a, struct err *err, const char *setting, struct sender *out)
{
	size_t len = strlen(setting);
	const char *open = strrchr(setting, '<');

	if (open != NULL && setting[len - 1] == '>') {
		size_t name = (size_t)(open - setting);
		while (name > 0 && setting[name - 1] == ' ')
			name--;
		out->name = arena_strndup(a, setting, name);
		out->address = arena_strndup(a, open + 1, len - (size_t)(open + 1 - setting) - 1);
	} else {
		*out = (struct sender){ .name = "", .address = setting };
	}
	if (!smtp_address_ok(out->address))
		return err_set(err, ERR_BUSY, "VIVA_MAIL_FROM is neither an address nor: Name <address>");
	return 0;
}

/* A name is always encoded: what is not need not be quoted. */
static int
from_line(struct arena *a, struct err *err, const struct sender *from, struct buf *out)
{
	const char *name;

	if (words(a, err, from->name, &name) < 0)
		return -1;
	if (*name == '\0')
		buf_printf(out, "From: %s\r\n", from->address);
	else
		buf_printf(out, "From: %s\r\n <%s>\r\n", encoded(a, from->name), from->address);
	return 0;
}

/* By hand: strftime(3) speaks the language that it was told to. */
static void
date_line(int64_t seconds, struct buf *out)
{
	static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t t = (time_t)seconds;
	struct tm tm;

	gmtime_r(&t, &tm);
	buf_printf(out, "Date: %.3s, %d %.3s %d %02d:%02d:%02d +0000\r\n", days + 3 * tm.tm_wday, tm.tm_mday,
	    months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void
part(struct arena *a, const char *boundary, const char *type, const char *content, struct buf *out)
{
	const char *text = digest_base64(a, bytes_of(content));

	buf_printf(out, "--%s\r\nContent-Type: %s; charset=utf-8\r\n", boundary, type);
	buf_str(out, "Content-Transfer-Encoding: base64\r\n\r\n");
	for (; *text != '\0'; text += strnlen(text, LINE))
		buf_printf(out, "%.*s\r\n", LINE, text);
}

int
compose(struct arena *a, struct err *err, const struct sender *from, const char *to, const char *id, int64_t seconds,
    const struct letter *letter, struct buf *out)
{
	/* Whatever an id is, the Message-ID has but digits of its hash; base64 has no "_" of a boundary. */
	const char *hash = digest_sha256(a, bytes_of(id)), *boundary = arena_printf(a, "_%.32s_", hash), *subject;

	if (!smtp_address_ok(to))
		return err_field(err, "/recipient", "no mail can be sent to such an address");
	if (words(a, err, letter->subject, &subject) < 0 || from_line(a, err, from, out) < 0)
		return -1;
	date_line(seconds, out);
	buf_printf(out, "To: %s\r\nSubject: %s\r\n", to, subject);
	buf_printf(out, "Message-ID: <%.32s%s>\r\n", hash, strrchr(from->address, '@'));
	/* No machine's "I am on holiday" is wanted for an answer. */
	buf_str(out, "MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n");
	buf_printf(out, "Content-Type: multipart/alternative;\r\n boundary=\"%s\"\r\n\r\n", boundary);
	part(a, boundary, "text/plain", letter->text, out);
	part(a, boundary, "text/html", arena_printf(a, PAGE, letter->html), out);
	buf_printf(out, "--%s--\r\n", boundary);
	return 0;
}
