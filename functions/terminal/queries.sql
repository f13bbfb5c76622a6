-- terminal_lock: openings in one room come one after another, until the transaction ends
-- $1 room
-- > locked
SELECT pg_advisory_xact_lock(hashtextextended($1, 1))::text AS locked;

-- terminal_last: the room's last terminal, or only one that is open
-- $1 room, $2 open bool
-- > id, room, participant, name, language, status, lines int, columns int, reason, created_at, started_at, ended_at
SELECT t.id, t.room_id AS room, t.participant_id AS participant, p.name, t.language, t.status, t.rows AS lines, t.columns,
  t.reason, iso(t.created_at), iso(t.started_at), iso(t.ended_at)
FROM terminal AS t JOIN participant AS p ON p.id = t.participant_id
WHERE t.room_id = $1 AND (t.ended_at IS NULL OR NOT $2::bool)
ORDER BY t.ended_at IS NULL DESC, t.created_at DESC LIMIT 1;

-- terminal_id: the room's open terminal
-- $1 room
-- > id
SELECT id FROM terminal WHERE room_id = $1 AND ended_at IS NULL;

-- terminal_insert: one that waits for a runner, and that somebody asked for it
-- $1 id, $2 room, $3 participant, $4 lines int, $5 columns int, $6 files, $7 trace
WITH t AS (
  INSERT INTO terminal (id, room_id, participant_id, language, rows, columns, files, trace)
  SELECT $1, id, $3, language, $4::int, $5::int, $6::jsonb, $7 FROM room WHERE id = $2
  RETURNING id, room_id, participant_id, language
)
INSERT INTO event (room_id, type, participant, data)
SELECT room_id, 'terminal', participant_id, jsonb_build_object('terminal', id, 'language', language, 'status', 'starting')
FROM t;

-- terminal_close_wish: an open terminal is to end
-- $1 room
-- > id
UPDATE terminal SET close = true WHERE room_id = $1 AND ended_at IS NULL RETURNING id;

-- terminal_close_waiting: one that no runner has ends here
-- $1 id, $2 by
WITH t AS (
  UPDATE terminal SET status = 'ended', reason = 'it was closed before it started', ended_at = now()
  WHERE id = $1 AND runner IS NULL AND ended_at IS NULL
  RETURNING id, room_id
)
INSERT INTO event (room_id, type, participant, data)
SELECT room_id, 'terminal', $2, jsonb_build_object('terminal', id, 'status', 'ended') FROM t;

-- terminal_recorded: the end of what was recorded of a terminal, no more than so many chunks and bytes
-- $1 terminal, $2 after int, $3 chunks int, $4 bytes int
-- > seq int, kind, data, participant
SELECT seq, kind, data, participant FROM (
  SELECT seq, kind, data, participant, sum(octet_length(data)) OVER (ORDER BY seq DESC) AS bytes FROM (
    SELECT seq, kind, data, participant FROM terminal_log WHERE terminal_id = $1 AND seq > $2::bigint
    ORDER BY seq DESC LIMIT $3::int
  ) AS last
) AS fits WHERE bytes <= $4::int ORDER BY seq;
