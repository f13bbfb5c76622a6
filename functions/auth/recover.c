/*
 * recover.c - POST /api/auth/recover: a link by mail for who forgot a password.
 *
 * Nobody learns here which addresses have accounts. Whether there is one is looked up by the handler of the queue
 * (functions/mail), long after the answer: this does the same, and takes as long, for every address.
 */
#include "account.h"

#define MAILS 3	/* for one address in an hour */
#define HOUR 3600

int
auth_recover(struct fn *fn, const struct recover *in)
{
	if (!account_mails())
		return err_set(&fn->err, ERR_DENIED, "no mail is sent from here: ask whoever runs this for help");
	if (fn_limit(fn, "auth_recover_account", account_mark(fn, in->email), MAILS, HOUR) < 0) {
		err_clear(&fn->err);	/* it has been sent some: others who ask for it must not fill its box */
		return 0;
	}
	return queue_mail_send(fn, &(struct mail){ .kind = MAIL_KIND_RECOVERY, .recipient = in->email });
}
