-- queries.sql - what the dispatcher asks of the tables of 0010_triggers.sql.
--
-- Who writes about a message names its attempt: a dispatcher that was taken for dead changes nothing.

-- schedule_set: a schedule as this build has it; it keeps its turn unless its rule changed
-- $1 name, $2 period int, $3 start int
INSERT INTO schedule (name, period, start, next_at)
VALUES ($1, $2::int, $3::int, schedule_next($2::int, $3::int))
ON CONFLICT (name) DO UPDATE SET period = $2::int, start = $3::int, next_at = excluded.next_at
WHERE schedule.period <> $2::int OR schedule.start <> $3::int;

-- schedules_fire: those of $1 (an array literal) that are due become messages; what was missed is made up once
-- A schedule whose last firing is not done waits for it. Of two dispatchers one changes the row, and the other finds it changed.
-- One whose turn lies further ahead than its rule knows fired while the clock was wrong, and does not wait for that time to come.
-- $1 names
WITH due AS (
  UPDATE schedule SET fired_at = now(), next_at = schedule_next(period, start)
  WHERE name = ANY ($1::text[]) AND (next_at <= now() OR next_at > now() + 2 * period * interval '1 s')
    AND NOT EXISTS (SELECT FROM message WHERE queue = schedule.name AND dead_at IS NULL)
  RETURNING name, next_at - period * interval '1 s' AS at
)
INSERT INTO message (id, queue, body)
SELECT name || '@' || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), name, '' FROM due
ON CONFLICT DO NOTHING;

-- message_take: the oldest messages of a queue that are due and have rested $5 s; nobody else takes them for $4 s
-- $1 holder, $2 queue, $3 most int, $4 seconds int, $5 after int
-- > id, body, trace, attempt int, failures int
WITH next AS (
  SELECT id FROM message WHERE queue = $2 AND dead_at IS NULL AND due_at <= now()
    AND (attempt > 0 OR due_at <= now() - $5::int * interval '1 s')
  ORDER BY due_at, seq LIMIT $3::int FOR UPDATE SKIP LOCKED
)
UPDATE message SET attempt = attempt + 1, holder = $1, due_at = now() + $4::int * interval '1 s'
FROM next WHERE message.id = next.id
RETURNING message.id, body, trace, attempt, failures;

-- messages_hold: the messages in $2 (an array literal) stay with this dispatcher for so many seconds from now
-- $1 holder, $2 ids, $3 seconds int
UPDATE message SET due_at = now() + $3::int * interval '1 s'
WHERE id = ANY ($2::text[]) AND holder = $1 AND dead_at IS NULL;

-- messages_return: what this dispatcher's last life left behind may be taken at once
-- $1 holder
UPDATE message SET due_at = now(), holder = NULL, reason = 'its dispatcher died' WHERE holder = $1 AND dead_at IS NULL;

-- message_done: its handler has said so
-- $1 id, $2 attempt int
DELETE FROM message WHERE id = $1 AND attempt = $2::int AND dead_at IS NULL;

-- message_again: it is tried again later, or never if $6
-- $1 id, $2 attempt int, $3 failures int, $4 reason, $5 delay_ms int, $6 dead bool
UPDATE message SET failures = $3::int, reason = $4, holder = NULL, due_at = now() + $5::bigint * interval '1 ms',
  dead_at = CASE WHEN $6::bool THEN now() END
WHERE id = $1 AND attempt = $2::int AND dead_at IS NULL;

-- messages_forget: what has been dead for a month
DELETE FROM message WHERE dead_at < now() - interval '30 days';

-- messages_wake: what waits for longer than any delay or lease: the clock was wrong when that was said
UPDATE message SET due_at = now() WHERE due_at > now() + interval '1 hour' AND dead_at IS NULL;
