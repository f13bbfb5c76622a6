-- language_known: whether the runner here knows a language
-- $1 name
-- > name
SELECT name FROM language WHERE name = $1;

-- language_default: what a room gets that names none
-- > name
SELECT name FROM language ORDER BY name <> 'python', name LIMIT 1;

-- room_insert: a room with its owner; no row if the account is no more
-- $1 id, $2 title, $3 language, $4 participant, $5 account, $6 restricted bool
-- > created_at, name
WITH a AS (
  SELECT id, name FROM account WHERE id = $5
), r AS (
  INSERT INTO room (id, title, language, restricted) SELECT $1, $2, $3, $6::bool FROM a RETURNING id, created_at
), p AS (
  INSERT INTO participant (id, room_id, account_id, guest, name, role)
  SELECT $4, r.id, a.id, false, a.name, 'owner' FROM r, a
), e AS (
  INSERT INTO event (room_id, type, participant, data)
  SELECT id, 'create', $4, jsonb_build_object('title', $2::text, 'language', $3::text) FROM r
)
SELECT iso(r.created_at) AS created_at, a.name FROM r, a;

-- room_list: an account's rooms, newest first, after the one given; people are parted by U+001F
-- $1 account, $2 before, $3 most int
-- > id, title, language, role, created_at, ended_at, people, runs int
SELECT r.id, r.title, r.language, me.role, iso(r.created_at) AS created_at, iso(r.ended_at) AS ended_at,
  (SELECT string_agg(o.name, chr(31) ORDER BY o.joined_at)
   FROM (SELECT name, joined_at FROM participant
         WHERE room_id = r.id AND id <> me.id ORDER BY joined_at LIMIT 8) AS o) AS people,
  (SELECT count(*) FROM run WHERE run.room_id = r.id) AS runs
FROM participant AS me JOIN room AS r ON r.id = me.room_id
WHERE me.account_id = $1 AND me.left_at IS NULL
  AND ($2::text IS NULL OR (me.joined_at, me.room_id) < (
    SELECT joined_at, room_id FROM participant WHERE account_id = $1 AND room_id = $2))
ORDER BY me.joined_at DESC, me.room_id DESC
LIMIT $3::int;

-- room_get: a room
-- $1 id
-- > title, language, restricted bool, created_at, ended_at
SELECT title, language, restricted, iso(created_at) AS created_at, iso(ended_at) AS ended_at FROM room WHERE id = $1;

-- room_people: who has been in a room, in the order they came (browsers give colours by it); where that is too
-- many, the owner, then who is still a member, then who came last
-- $1 room, $2 most int
-- > id, name, role, guest bool
SELECT id, name, role, guest FROM (
  SELECT id, name, role, guest, joined_at FROM participant WHERE room_id = $1
  ORDER BY role <> 'owner', left_at IS NOT NULL, joined_at DESC
  LIMIT $2::int
) AS known ORDER BY joined_at, id;

-- room_update: another title, language or mode (NULL: as it is); no row if the room has ended
-- $1 room, $2 title, $3 language, $4 participant, $5 restricted bool?
-- > title, language, restricted bool
WITH r AS (
  UPDATE room SET title = coalesce($2, title), language = coalesce($3, language), restricted = coalesce($5::bool, restricted)
  WHERE id = $1 AND ended_at IS NULL
  RETURNING id, title, language, restricted
), e AS (
  INSERT INTO event (room_id, type, participant, data)
  SELECT id, 'room', $4, jsonb_build_object('title', title, 'language', language, 'restricted', restricted) FROM r
)
SELECT title, language, restricted FROM r;

-- room_end: ends a room; no row if it has ended already
-- $1 room, $2 participant
-- > ended_at
WITH r AS (
  UPDATE room SET ended_at = now() WHERE id = $1 AND ended_at IS NULL RETURNING id, ended_at
), e AS (
  INSERT INTO event (room_id, type, participant) SELECT id, 'end', $2 FROM r
)
SELECT iso(ended_at) AS ended_at FROM r;

-- invite_insert: a link into a room
-- $1 token_hash, $2 room, $3 role, $4 created_by
-- > expires_at
INSERT INTO invite (token_hash, room_id, role, created_by) VALUES ($1, $2, $3, $4)
RETURNING iso(expires_at) AS expires_at;

-- invite_get: where an invite leads
-- $1 token_hash
-- > room, role, expired bool, ended bool
SELECT i.room_id AS room, i.role, i.expires_at <= now() AS expired, r.ended_at IS NOT NULL AS ended
FROM invite AS i JOIN room AS r ON r.id = i.room_id
WHERE i.token_hash = $1;

-- member_find: a caller who is or was in a room: by participant id (a guest), or by account
-- $1 room, $2 participant, $3 account
-- > id, name, role, guest bool, away bool
SELECT id, name, role, guest, left_at IS NOT NULL AS away FROM participant
WHERE room_id = $1 AND (id = $2 OR account_id = $3);

-- member_again: somebody who was in the room opens an invite: back in, in the higher of both roles
-- $1 id, $2 role
-- > role
WITH old AS (
  SELECT id, role, left_at FROM participant WHERE id = $1 FOR UPDATE
), p AS (
  UPDATE participant SET left_at = NULL,
    role = CASE WHEN array_position(ARRAY['observer', 'candidate', 'interviewer', 'owner'], $2)
                   > array_position(ARRAY['observer', 'candidate', 'interviewer', 'owner'], old.role)
                THEN $2 ELSE old.role END
  FROM old WHERE participant.id = old.id
  RETURNING participant.room_id, participant.id, participant.name, participant.role, old.role AS was, old.left_at
), e AS (
  INSERT INTO event (room_id, type, participant, data)
  SELECT room_id, 'join', id, jsonb_build_object('name', name, 'role', role) FROM p
  WHERE left_at IS NOT NULL OR role <> was
)
SELECT role FROM p;

-- member_insert: an account joins; no row if the room is full or it is in already
-- $1 id, $2 room, $3 account, $4 role, $5 most int
-- > name
WITH p AS (
  INSERT INTO participant (id, room_id, account_id, guest, name, role)
  SELECT $1, $2, a.id, false, a.name, $4 FROM account AS a
  WHERE a.id = $3 AND (SELECT count(*) FROM participant WHERE room_id = $2 AND left_at IS NULL) < $5::int
  ON CONFLICT DO NOTHING
  RETURNING id, room_id, name, role
), e AS (
  INSERT INTO event (room_id, type, participant, data)
  SELECT room_id, 'join', id, jsonb_build_object('name', name, 'role', role) FROM p
)
SELECT name FROM p;

-- guest_insert: a guest joins, with a session; no row if the room is full
-- $1 id, $2 room, $3 name, $4 role, $5 session, $6 token_hash, $7 seconds int, $8 most int
-- > id
WITH p AS (
  INSERT INTO participant (id, room_id, guest, name, role)
  SELECT $1, $2, true, $3, $4
  WHERE (SELECT count(*) FROM participant WHERE room_id = $2 AND left_at IS NULL) < $8::int
  RETURNING id, room_id, name, role
), s AS (
  INSERT INTO session (id, participant_id, token_hash, expires_at)
  SELECT $5, id, $6, now() + make_interval(secs => $7::int) FROM p
), e AS (
  INSERT INTO event (room_id, type, participant, data)
  SELECT room_id, 'join', id, jsonb_build_object('name', name, 'role', role) FROM p
)
SELECT id FROM p;

-- member_leave: a member leaves for good
-- $1 room, $2 participant
WITH p AS (
  UPDATE participant SET left_at = now() WHERE room_id = $1 AND id = $2 AND left_at IS NULL RETURNING id
)
INSERT INTO event (room_id, type, participant) SELECT $1, 'leave', id FROM p;

-- guest_sessions_delete: a guest's tokens end
-- $1 participant
-- > id
DELETE FROM session WHERE participant_id = $1 RETURNING id;

-- people_by_id: participants of a room by their ids, parted by commas
-- $1 room, $2 ids, $3 most int
-- > id, name, role, guest bool
SELECT id, name, role, guest FROM participant
WHERE room_id = $1 AND left_at IS NULL AND id = ANY (string_to_array($2, ','))
ORDER BY joined_at, id
LIMIT $3::int;

-- chat_insert: what somebody said
-- $1 room, $2 participant, $3 id, $4 name, $5 text
-- > at
INSERT INTO event (room_id, type, participant, data)
VALUES ($1, 'chat', $2, jsonb_build_object('id', $3::text, 'name', $4::text, 'text', $5::text))
RETURNING iso(at) AS at;

-- chat_last: the last things said, oldest first
-- $1 room, $2 most int
-- > id, participant, name, text, at
SELECT id, participant, name, text, at FROM (
  SELECT seq, data ->> 'id' AS id, participant, data ->> 'name' AS name, data ->> 'text' AS text, iso(at) AS at
  FROM event WHERE room_id = $1 AND type = 'chat' ORDER BY seq DESC LIMIT $2::int
) AS last ORDER BY seq;

-- invite_sweep: removes invites that have been of no use for so long that nobody asks why any more
DELETE FROM invite WHERE expires_at < now() - interval '30 days';

-- rooms_delete: deletes some of the rooms that ended more than so many days ago, the oldest first. What belongs to a room goes
-- with it (ON DELETE CASCADE): people, invites, sessions of guests, documents, runs; their large objects by 0005_objects.sql
-- $1 days int, $2 most int
-- > id
DELETE FROM room WHERE id IN (
  SELECT id FROM room WHERE ended_at < now() - $1::int * interval '1 day' ORDER BY ended_at LIMIT $2::int FOR UPDATE SKIP LOCKED
) RETURNING id;
