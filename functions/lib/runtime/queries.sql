-- What every function asks of the database, by lib/runtime/who.c.

-- member_get: a room, and who the subject (an account, or a guest's participant id) is in it; no row: no such room
-- $1 room, $2 subject
-- > participant, role, guest bool?, name, ended bool
SELECT p.id, p.role, p.guest, p.name, r.ended_at IS NOT NULL
FROM room r
LEFT JOIN participant p ON p.room_id = r.id AND p.left_at IS NULL
  AND (p.account_id = $2 OR (p.id = $2 AND p.account_id IS NULL))
WHERE r.id = $1;

-- message_send: adds a message to a queue, unless an equal one waits and $4
-- $1 id, $2 queue, $3 body, $4 once bool, $5 trace
-- > sent bool
SELECT message_send($1, $2, $3, $4::bool, $5) AS sent;
