-- queries.sql - what the runner asks of the database: its languages, itself among the runners, runs by leases.
--
-- A lease is (id, attempt, runner): whoever writes about a run names all three, so that a runner which lost its
-- lease (paused, cut off) writes nothing. A run ends once: ended_at is set together with its output and event.

-- language_known: tells the rooms what can be run here, or why it cannot yet ($7)
-- $1 name, $2 title, $3 version, $4 file, $5 image, $6 ready bool, $7 detail, $8 starter
INSERT INTO language (name, title, version, file, image, ready, detail, starter)
VALUES ($1, $2, $3, $4, $5, $6::bool, $7, $8)
ON CONFLICT (name) DO UPDATE SET title = $2, version = $3, file = $4, image = $5, ready = $6::bool, detail = $7, starter = $8;

-- runner_seen: this runner lives; its languages are an array literal
-- $1 name, $2 host, $3 slots int, $4 busy int, $5 languages, $6 service_ms int?, $7 state
INSERT INTO runner (name, host, slots, busy, languages, service_ms, state)
VALUES ($1, $2, $3::int, $4::int, $5::text[], $6::bigint, $7)
ON CONFLICT (name) DO UPDATE SET host = $2, slots = $3::int, busy = $4::int, languages = $5::text[],
  service_ms = $6::bigint, state = $7, seen_at = now();

-- runner_left: this runner has stopped, or others have been gone for a day
-- $1 name
DELETE FROM runner WHERE name = $1 OR seen_at < now() - interval '1 day';

-- leases_too_long: the clock was set back: no lease lasts longer than $1 s from now
-- $1 seconds int
UPDATE run SET lease_until = now() + $1::int * interval '1 s'
WHERE ended_at IS NULL AND lease_until > now() + ($1::int + 1) * interval '1 s';

-- queue_state: what an operator wants to know of the whole queue
-- > waiting int, oldest_ms int, going int, runners int, dead int
SELECT count(*) FILTER (WHERE waits) AS waiting,
  coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE waits)) * 1000, 0)::bigint AS oldest_ms,
  count(*) FILTER (WHERE NOT waits) AS going,
  (SELECT count(*) FROM runner WHERE seen_at > now() - interval '15 s') AS runners,
  (SELECT count(*) FROM run_dead) AS dead
FROM (SELECT created_at, lease_until IS NULL OR lease_until <= now() AS waits FROM run WHERE ended_at IS NULL) AS r;

-- object_announce: an object is about to be stored; whether anything refers to it is looked at in a day
-- $1 key
INSERT INTO object_new (key) VALUES ($1) ON CONFLICT DO NOTHING;

-- objects_gone: objects of runs that were deleted
-- > key
SELECT key FROM object_gone ORDER BY at LIMIT 50;

-- object_forgotten: it is deleted
-- $1 key
DELETE FROM object_gone WHERE key = $1;

-- runner_returned: leases that this runner's last life left behind are up for grabs at once
-- $1 runner
UPDATE run SET lease_until = now() WHERE runner = $1 AND ended_at IS NULL AND lease_until > now();

-- run_lease: takes the run that is next, of the languages in $2 (an array literal); a row for each file, or one without
-- A room's runs start in the order they were asked for: only the first that waits may be taken. Of the rooms, the one
-- with the fewest runs going is next, of these the one whose last turn is longest ago; no room has every slot there is.
-- What is asked of `next` is asked of the row itself, so that it is asked again when its lock was waited for.
-- $1 runner, $2 languages, $3 seconds int
-- > id, attempt int, lost int, room, participant, name, language, input, wall_ms int, cancel bool, shown bool
-- > created_at, path, content, program, interactive bool, rows int?, columns int?, restricted bool
-- > cases int, decided int, passed int, trace
WITH alive AS (
  SELECT slots, languages FROM runner WHERE seen_at > now() - interval '15 s' AND state = 'ready'
), going AS (
  SELECT room_id, count(*) AS n FROM run WHERE ended_at IS NULL AND lease_until > now() GROUP BY room_id
), first AS (
  SELECT DISTINCT ON (room_id) id FROM run
  WHERE ended_at IS NULL AND (lease_until IS NULL OR lease_until <= now())
    AND (language = ANY ($2::text[]) OR EXISTS (SELECT FROM alive WHERE language = ANY (languages)))
  ORDER BY room_id, seq
), next AS (
  SELECT run.id FROM run JOIN first USING (id) LEFT JOIN going USING (room_id)
  WHERE ended_at IS NULL AND (lease_until IS NULL OR lease_until <= now()) AND language = ANY ($2::text[])
    AND coalesce(n, 0) < greatest(1, (SELECT sum(slots) FROM alive WHERE run.language = ANY (languages)) - 1)
  ORDER BY coalesce(n, 0), (SELECT max(started_at) FROM run AS r WHERE r.room_id = run.room_id) NULLS FIRST, seq
  LIMIT 1 FOR UPDATE OF run SKIP LOCKED
), mine AS (
  UPDATE run SET status = 'starting', attempt = attempt + 1, runner = $1, started_at = coalesce(started_at, now()),
    lost = lost + (lease_until IS NOT NULL)::int, lease_until = now() + $3::int * interval '1 s'
  FROM next WHERE run.id = next.id RETURNING run.*
)
SELECT mine.id, mine.attempt, mine.lost, mine.room_id, mine.participant_id, participant.name, mine.language,
  CASE WHEN coalesce(f.n, 1) = 1 THEN mine.input END, mine.wall_limit_ms, mine.cancel, mine.shown,
  iso(mine.created_at), f.file->>'path', f.file->>'content', mine.program, mine.interactive, mine.rows, mine.columns,
  mine.restricted, c.cases, c.decided, c.passed, mine.trace
FROM mine LEFT JOIN participant ON participant.id = mine.participant_id
  CROSS JOIN LATERAL (
    SELECT count(*) AS cases, count(status) AS decided, count(*) FILTER (WHERE status = 'ok') AS passed
    FROM run_case WHERE run_id = mine.id
  ) AS c
  LEFT JOIN jsonb_array_elements(CASE jsonb_typeof(mine.files) WHEN 'array' THEN mine.files ELSE '[]' END)
    WITH ORDINALITY AS f(file, n) ON true
ORDER BY f.n;

-- run_hold: renews the lease of a run that is running; no row: it is no longer ours
-- $1 id, $2 attempt int, $3 runner, $4 seconds int, $5 shown bool, $6 image
-- > cancel bool, started_at
UPDATE run SET status = 'running', image = $6, lease_until = now() + $4::int * interval '1 s',
  shown = shown OR $5::bool
WHERE id = $1 AND attempt = $2 AND runner = $3 AND ended_at IS NULL
RETURNING cancel, iso(started_at);

-- run_note: what people and the next attempt may know of a run that goes on; no row: it is no longer ours
-- No promise, so it does not wait for the disk: the lease stays as it is, and what was shown is in Redis, too.
-- $1 id, $2 attempt int, $3 runner, $4 shown bool, $5 image
-- > cancel bool, started_at
WITH soon AS (SELECT set_config('synchronous_commit', 'off', true))
UPDATE run SET status = 'running', image = $5, shown = shown OR $4::bool FROM soon
WHERE id = $1 AND attempt = $2 AND runner = $3 AND ended_at IS NULL
RETURNING cancel, iso(started_at);

-- run_wait: renews the lease of a run that has no container yet, or is compiled; no row: it is no longer ours
-- $1 id, $2 attempt int, $3 runner, $4 seconds int, $5 status
-- > cancel bool
UPDATE run SET status = $5, lease_until = now() + $4::int * interval '1 s'
WHERE id = $1 AND attempt = $2 AND runner = $3 AND ended_at IS NULL
RETURNING cancel;

-- run_hand_back: a run that this runner will not see through after all; $4: a sandbox was lost over it
-- $1 id, $2 attempt int, $3 runner, $4 lost bool
UPDATE run SET status = 'queued', lease_until = NULL, started_at = NULL, lost = lost + $4::bool::int
WHERE id = $1 AND attempt = $2 AND runner = $3 AND ended_at IS NULL;

-- run_cases: the test cases of a run in the order they are run: visible ones first
-- $1 run
-- > number int, name, hidden bool, input, expected
SELECT number, name, hidden, input, expected FROM run_case WHERE run_id = $1 ORDER BY hidden, number;

-- run_decide: a case's one verdict, with what was printed; from now on the run must not be run again. No row: not ours
-- $1 id, $2 attempt int, $3 runner, $4 number int, $5 status, $6 exit_code int?, $7 signal int?, $8 cpu_ms int?, $9 wall_ms int?, $10 memory_kb int?, $11 output, $12 errors, $13 cut bool, $14 line int?
-- > id
WITH mine AS (
  UPDATE run SET shown = true WHERE id = $1 AND attempt = $2 AND runner = $3 AND ended_at IS NULL RETURNING id, room_id, participant_id
), decided AS (
  UPDATE run_case SET status = $5, exit_code = $6::int, signal = $7::int, cpu_ms = $8::bigint, wall_ms = $9::bigint,
    memory_kb = $10::bigint, output = $11, errors = $12, cut = $13::bool, line = $14::bigint
  FROM mine WHERE run_id = mine.id AND number = $4::int AND status IS NULL RETURNING number, status
), told AS (
  INSERT INTO event (room_id, type, participant, data)
  SELECT room_id, 'run_case', participant_id, jsonb_build_object('run', id, 'number', number, 'status', status)
  FROM mine, decided
)
SELECT id FROM mine;

-- run_finish: the one end of a run, with its output ($12, JSON) and its event; no row: not ours, or ended already
-- `dead` is for the operator's list: why nobody will ever know what it would have done; or NULL
-- $1 id, $2 attempt int, $3 runner, $4 status, $5 exit_code int?, $6 signal int?, $7 cpu_ms int?, $8 wall_ms int?, $9 memory_kb int?, $10 detail, $11 shown bool, $12 output, $13 dead, $14 printed
-- > started_at, ended_at
WITH ended AS (
  UPDATE run SET status = $4, exit_code = $5::int, signal = $6::int, cpu_ms = $7::bigint, wall_ms = $8::bigint,
    memory_kb = $9::bigint, detail = $10, shown = shown OR $11::bool, printed = $14, lease_until = NULL, ended_at = now()
  WHERE id = $1 AND attempt = $2 AND runner = $3 AND ended_at IS NULL RETURNING *
), printed AS (
  INSERT INTO run_output (run_id, seq, stream, data, place, size, at, participant)
  SELECT ended.id, o.seq, o.stream, o.data, o.place, o.size, to_timestamp(o.t / 1000.0), o.p
  FROM ended, json_to_recordset($12::json)
    AS o(seq bigint, stream text, data text, place bigint, size int, t bigint, p text)
  ON CONFLICT DO NOTHING
), told AS (
  INSERT INTO event (room_id, type, participant, data)
  SELECT room_id, 'run', participant_id, jsonb_build_object('run', id, 'status', status, 'language', language)
  FROM ended
), buried AS (
  INSERT INTO run_dead (run_id, language, attempts, runner, reason)
  SELECT id, language, attempt, runner, $13::text FROM ended WHERE $13::text IS NOT NULL
)
SELECT iso(started_at), iso(ended_at) FROM ended;

-- run_ended: how this very attempt ended, if it did: asked when the answer to run_finish was lost
-- $1 id, $2 attempt int, $3 runner
-- > started_at, ended_at
SELECT iso(started_at), iso(ended_at) FROM run WHERE id = $1 AND attempt = $2 AND runner = $3 AND ended_at IS NOT NULL;

-- shell_claim: takes the oldest terminal that waits, of the languages in $2 (an array literal); a row for each file, or
-- one without. A terminal is claimed once: its shell is not to be had again.
-- $1 runner, $2 languages, $3 seconds int
-- > id, room, participant, name, language, lines int, columns int, created_at, started_at, path, content, trace
WITH next AS (
  SELECT id FROM terminal
  WHERE ended_at IS NULL AND runner IS NULL AND language = ANY ($2::text[])
  ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED
), mine AS (
  UPDATE terminal SET runner = $1, started_at = now(), lease_until = now() + $3::int * interval '1 s'
  FROM next WHERE terminal.id = next.id RETURNING terminal.*
)
SELECT mine.id, mine.room_id, mine.participant_id, participant.name, mine.language, mine.rows, mine.columns,
  iso(mine.created_at), iso(mine.started_at), f.file->>'path', f.file->>'content', mine.trace
FROM mine JOIN participant ON participant.id = mine.participant_id
  LEFT JOIN jsonb_array_elements(mine.files) WITH ORDINALITY AS f(file, n) ON true
ORDER BY f.n;

-- shell_hold: renews the lease of a terminal; no row: it is no longer ours
-- $1 id, $2 runner, $3 seconds int, $4 status, $5 lines int, $6 columns int
-- > close bool, over bool
UPDATE terminal SET status = $4, rows = $5::int, columns = $6::int, lease_until = now() + $3::int * interval '1 s'
FROM room WHERE room.id = terminal.room_id AND terminal.id = $1 AND runner = $2 AND terminal.ended_at IS NULL
RETURNING close, room.ended_at IS NOT NULL;

-- shell_record: keeps what was printed and typed ($2, JSON); what is there already stays
-- $1 id, $2 chunks
INSERT INTO terminal_log (terminal_id, seq, kind, data, participant, at)
SELECT $1, c.seq, c.kind, c.data, c.p, to_timestamp(c.t / 1000.0)
FROM json_to_recordset($2::json) AS c(seq bigint, kind text, data text, p text, t bigint)
ON CONFLICT DO NOTHING;

-- shell_end: the one end of a terminal; no row: not ours, or ended already
-- $1 id, $2 runner, $3 reason
-- > ended_at
WITH t AS (
  UPDATE terminal SET status = 'ended', reason = $3, ended_at = now(), lease_until = NULL
  WHERE id = $1 AND runner = $2 AND ended_at IS NULL RETURNING *
), told AS (
  INSERT INTO event (room_id, type, participant, data)
  SELECT room_id, 'terminal', participant_id, jsonb_build_object('terminal', id, 'status', status, 'reason', reason) FROM t
)
SELECT iso(ended_at) FROM t;

-- shells_orphan: this runner's last life had these: nobody has them now
-- $1 runner
UPDATE terminal SET lease_until = now() WHERE runner = $1 AND ended_at IS NULL;

-- shells_lost: terminals whose runner is gone, or that no runner took for half a minute
-- > id, room, participant, name, language, lines int, columns int, created_at, started_at, runner, trace
SELECT t.id, t.room_id, t.participant_id, p.name, t.language, t.rows, t.columns, iso(t.created_at), iso(t.started_at),
  t.runner, t.trace
FROM terminal AS t JOIN participant AS p ON p.id = t.participant_id
WHERE t.ended_at IS NULL
  AND (t.lease_until <= now() OR (t.runner IS NULL AND t.created_at < now() - interval '30 s'))
LIMIT 16;

-- shell_bury: the end of a terminal that nobody has; no row: somebody ended it, or has it after all
-- $1 id, $2 reason
-- > ended_at
WITH t AS (
  UPDATE terminal SET status = 'ended', reason = $2, ended_at = now(), lease_until = NULL
  WHERE id = $1 AND ended_at IS NULL AND (lease_until <= now() OR runner IS NULL) RETURNING *
), told AS (
  INSERT INTO event (room_id, type, participant, data)
  SELECT room_id, 'terminal', participant_id, jsonb_build_object('terminal', id, 'status', status, 'reason', reason) FROM t
)
SELECT iso(ended_at) FROM t;
