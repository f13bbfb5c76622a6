/*
 * send.c - the queue `mail`: a message becomes a mail, and a mail server has it.
 *
 * Nobody can send a mail exactly once: a connection may end between the server's taking it and our hearing so. What can
 * be known is remembered: a message whose mail was taken is not sent again, whoever delivers it twice. Where it is
 * sent twice, both mails have the same Message-ID, by which mail servers and programs know copies.
 */
#include "api.h"
#include "clock.h"
#include "compose.h"
#include "config.h"
#include "queries_mail.h"
#include "recovery.h"
#include "smtp.h"

/* With the dispatcher's pauses somewhat more than a day: a box that is full for longer is nobody's. */
#define ATTEMPTS_MOST 200

static int
hand_over(struct fn *fn, const char *to, const struct letter *letter)
{
	struct sender from;
	struct buf message = { 0 };
	int64_t now = clock_wall_ms() / 1000;
	int failed = compose_sender(fn->arena, &fn->err, config_str("VIVA_MAIL_FROM", ""), &from);

	if (failed == 0)
		failed = compose(fn->arena, &fn->err, &from, to, fn->delivery.id, now, letter, &message);
	if (failed == 0)
		failed = smtp_send(fn->arena, &fn->err, from.address, to, buf_bytes(&message));
	buf_free(&message);
	return failed;
}

static int
give_up(struct fn *fn)
{
	if (fn->err.kind == ERR_BUSY && fn->delivery.attempt >= ATTEMPTS_MOST)
		fn->err.kind = ERR_INVALID;	/* as the dispatcher calls what is not tried again */
	return -1;
}

int
mail_send(struct fn *fn, const struct mail *in)
{
	struct letter letter;
	const char *to;
	struct message_sent_row *row;

	if (config_str("VIVA_SMTP_URL", NULL) == NULL) {
		err_set(&fn->err, ERR_BUSY, "no mail server is set up: VIVA_SMTP_URL");
		return give_up(fn);
	}
	int n = message_sent(fn->pg, &row, fn->delivery.id);
	if (n != 0)
		return n < 0 ? -1 : 0;
	n = recovery_write(fn, in->recipient, &to, &letter);	/* the one kind there is */
	if (n <= 0)
		return n;
	if (hand_over(fn, to, &letter) < 0)
		return give_up(fn);
	return message_mark(fn->pg, fn->delivery.id) < 0 ? -1 : 0;
}
