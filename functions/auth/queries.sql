-- account_insert: a new account with its first session; no row if the e-mail is taken
-- $1 id, $2 email, $3 name, $4 password_hash, $5 session, $6 token_hash, $7 seconds int
-- > id
WITH a AS (
  INSERT INTO account (id, email, name, password_hash) VALUES ($1, $2, $3, $4)
  ON CONFLICT DO NOTHING
  RETURNING id
), s AS (
  INSERT INTO session (id, account_id, token_hash, expires_at)
  SELECT $5, id, $6, now() + make_interval(secs => $7::int) FROM a
)
SELECT id FROM a;

-- account_by_email: for signing in
-- $1 email
-- > id, email, name, password_hash
SELECT id, email, name, password_hash FROM account WHERE lower(email) = lower($1);

-- account_get: an account by its id
-- $1 id
-- > id, email, name, password_hash
SELECT id, email, name, password_hash FROM account WHERE id = $1;

-- account_update: what is not NULL is changed; no row if the password was changed meanwhile. A new one ends links by mail
-- $1 id, $2 name, $3 email, $4 password_hash, $5 old_hash
-- > id, email, name, password_hash
WITH a AS (
  UPDATE account
  SET name = coalesce($2, name), email = coalesce($3, email), password_hash = coalesce($4, password_hash)
  WHERE id = $1 AND password_hash IS NOT DISTINCT FROM $5
  RETURNING id, email, name, password_hash
), r AS (
  UPDATE recovery SET used_at = now() FROM a WHERE account_id = a.id AND used_at IS NULL AND $4 IS NOT NULL
)
SELECT id, email, name, password_hash FROM a;

-- account_set_password: without the old one
-- $1 id, $2 password_hash
UPDATE account SET password_hash = $2 WHERE id = $1;

-- account_rehash: the same password under today's cost
-- $1 id, $2 old_hash, $3 new_hash
UPDATE account SET password_hash = $3 WHERE id = $1 AND password_hash = $2;

-- place_take: one of so many places of a kind (password.c); the server frees it when this process dies
-- $1 kind int, $2 places int
-- > slot int
SELECT slot FROM generate_series(1, $2::int) AS slot WHERE pg_try_advisory_lock(1986622305 + $1::int, slot) LIMIT 1;

-- place_leave: gives it back
-- $1 kind int, $2 slot int
-- > freed bool
SELECT pg_advisory_unlock(1986622305 + $1::int, $2::int) AS freed;

-- session_insert: a session of an account
-- $1 id, $2 account, $3 token_hash, $4 seconds int
INSERT INTO session (id, account_id, token_hash, expires_at)
VALUES ($1, $2, $3, now() + make_interval(secs => $4::int));

-- session_rotate: uses up a refresh token; no row if it is not the one that works now
-- $1 id, $2 used, $3 next, $4 salt
-- > account, participant, room, seconds int
UPDATE session AS s
SET token_hash = $3, previous_hash = $2, salt = $4, rotated_at = now()
WHERE s.id = $1 AND s.token_hash = $2 AND s.expires_at > now()
RETURNING s.account_id AS account, s.participant_id AS participant,
  (SELECT room_id FROM participant AS p WHERE p.id = s.participant_id) AS room,
  extract(epoch FROM s.expires_at - now())::bigint AS seconds;

-- session_repeat: the same answer again, for a token that was used up a moment ago
-- $1 id, $2 used, $3 moment int
-- > account, participant, room, seconds int, salt
SELECT s.account_id AS account, s.participant_id AS participant, p.room_id AS room,
  extract(epoch FROM s.expires_at - now())::bigint AS seconds, s.salt
FROM session AS s LEFT JOIN participant AS p ON p.id = s.participant_id
WHERE s.id = $1 AND s.previous_hash = $2 AND s.expires_at > now()
  AND s.rotated_at > now() - make_interval(secs => $3::int);

-- session_delete: ends a session
-- $1 id
DELETE FROM session WHERE id = $1;

-- session_delete_by_token: ends the session that a refresh token belongs to
-- $1 id, $2 token_hash
DELETE FROM session WHERE id = $1 AND $2 IN (token_hash, previous_hash);

-- session_delete_others: ends an account's sessions but one
-- $1 account, $2 keep
-- > id
DELETE FROM session WHERE account_id = $1 AND id <> $2 RETURNING id;

-- session_sweep: removes some of those that have expired
-- $1 most int
DELETE FROM session WHERE id IN (SELECT id FROM session WHERE expires_at <= now() LIMIT $1::int);

-- first_sweep: removes one-time links that have expired
DELETE FROM first_token WHERE expires_at <= now();

-- recovery_get: a link by mail: whether it was used, or works still
-- $1 token_hash
-- > used bool, works bool
SELECT used_at IS NOT NULL AS used, used_at IS NULL AND expires_at > now() AND r.email = a.email AS works
FROM recovery AS r JOIN account AS a ON a.id = r.account_id WHERE token_hash = $1;

-- recovery_take: uses it up, and with it all others of the account; whose row is locked first, so that two take turns
-- $1 token_hash
-- > id, email, name
WITH a AS (
  SELECT a.id, a.email, a.name FROM account AS a JOIN recovery AS r ON a.id = r.account_id AND a.email = r.email
  WHERE r.token_hash = $1 AND r.used_at IS NULL AND r.expires_at > now()
  FOR UPDATE
), r AS (
  UPDATE recovery SET used_at = now() FROM a WHERE account_id = a.id AND used_at IS NULL
)
SELECT id, email, name FROM a;

-- recovery_sweep: removes those that expired a day ago; until then it can be said why one does not work
DELETE FROM recovery WHERE expires_at < now() - interval '1 day';

-- participant_get: a guest, while it has not left
-- $1 id
-- > id, room, name, role, guest bool
SELECT id, room_id AS room, name, role, guest FROM participant WHERE id = $1 AND left_at IS NULL;

-- first_take: uses up a one-time link
-- $1 token_hash
DELETE FROM first_token WHERE token_hash = $1 AND expires_at > now();

-- owner_make: the deployment's owner, if there is none
-- $1 id, $2 email, $3 name
INSERT INTO account (id, email, name, is_owner) VALUES ($1, $2, $3, true) ON CONFLICT DO NOTHING;

-- owner_get: the deployment's owner
-- > id, email, name, password_hash
SELECT id, email, name, password_hash FROM account WHERE is_owner;
