-- recovery_insert: a link for whose address this is; no row where there is no such account, or only the owner's first address
-- $1 token_hash, $2 email, $3 message, $4 seconds int
-- > email
INSERT INTO recovery (token_hash, account_id, email, message, expires_at)
SELECT $1, id, email, $3, now() + make_interval(secs => $4::int) FROM account
WHERE lower(email) = lower($2) AND lower(email) <> 'owner@localhost'
RETURNING email;

-- message_sent: whether a mail of this message is on its way already
-- $1 message
-- > message
SELECT message FROM recovery WHERE message = $1 AND sent_at IS NOT NULL LIMIT 1;

-- message_mark: it is now
-- $1 message
UPDATE recovery SET sent_at = now() WHERE message = $1;
