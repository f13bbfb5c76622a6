/*
 * smtp.h - a mail is handed to a mail server, by libcurl.
 *
 *	VIVA_SMTP_URL=smtp://mail.example.org:587	STARTTLS, without which nothing is sent
 *	VIVA_SMTP_URL=smtps://mail.example.org		TLS from the first byte
 *	VIVA_SMTP_USER=viva				with its password in $VIVA_SECRETS/smtp.pass; unset: no AUTH
 *	$VIVA_SECRETS/smtp.ca				the server's authority (PEM), where the machine does not know it
 *
 * The certificate is always checked. Who includes this may reach the network (runtime/confine.c).
 */
#ifndef IO_SMTP_H
#define IO_SMTP_H

#include "arena.h"
#include "buf.h"
#include "err.h"

#include <stdbool.h>

/*
 * Whether mail can be sent to and from it as it is: letters, digits and what else RFC 5321 lets stand without quotes,
 * in ASCII. No such address can hold a line end, or more than one address.
 */
bool smtp_address_ok(const char *address);

/*
 * Hands over a message (RFC 5322, lines ended by CR LF). 0: the server has taken it. -1 with ERR_INVALID where it will
 * never take it for this recipient, in its own words; with ERR_BUSY where another try may go well: it is away, asks to
 * come later, does not know our password, cannot prove who it is. After ERR_BUSY it may have it all the same.
 */
int smtp_send(struct arena *a, struct err *err, const char *from, const char *to, struct bytes message);

#endif
