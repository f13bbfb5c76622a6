-- 0033_recovery.sql - links by which somebody who forgot a password sets a new one.
--
-- The function `mail` makes the token as it writes the mail, one for each attempt at sending it: only its hash is ever
-- here, and no message holds it. Every link of an account dies with the first that is used.

CREATE TABLE recovery (
  token_hash text PRIMARY KEY,               -- SHA-256 of 256 random bits
  account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
  email      text NOT NULL,                  -- where it was sent: it is worth nothing once the account has another address
  message    text NOT NULL,                  -- the message that asked for it
  sent_at    timestamptz,                    -- the mail server has it
  expires_at timestamptz NOT NULL,
  used_at    timestamptz                     -- it, or another of the account, was used
);
CREATE INDEX recovery_account ON recovery (account_id);
CREATE INDEX recovery_message ON recovery (message);
CREATE INDEX recovery_expiry ON recovery (expires_at);
