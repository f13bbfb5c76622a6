-- queries.sql - what the runner asks of the database: its languages, and runs, each by a lease.
--
-- A lease is (id, attempt, runner): whoever writes about a run names all three, so that a runner which lost its
-- lease (paused, cut off) writes nothing. A run ends once: ended_at is set together with its output and event.

-- language_known: tells the rooms what can be run here
-- $1 name, $2 title, $3 version, $4 file, $5 image
INSERT INTO language (name, title, version, file, image) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (name) DO UPDATE SET title = $2, version = $3, file = $4, image = $5;

-- runner_returned: leases that this runner's last life left behind are up for grabs at once
-- $1 runner
UPDATE run SET lease_until = now() WHERE runner = $1 AND ended_at IS NULL AND lease_until > now();

-- run_lease: takes the oldest run that nobody holds, of the languages in $2 (an array literal); a row for each file
-- $1 runner, $2 languages, $3 seconds int
-- > id, attempt int, room, participant, name, language, input, wall_ms int, cancel bool, shown bool, created_at, path, content
WITH next AS (
  SELECT id FROM run
  WHERE ended_at IS NULL AND (lease_until IS NULL OR lease_until <= now()) AND language = ANY ($2::text[])
  ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
), mine AS (
  UPDATE run SET status = 'starting', attempt = attempt + 1, runner = $1, started_at = coalesce(started_at, now()),
    lease_until = now() + $3::int * interval '1 s'
  FROM next WHERE run.id = next.id RETURNING run.*
)
SELECT mine.id, mine.attempt, mine.room_id, mine.participant_id, participant.name, mine.language,
  CASE WHEN f.n = 1 THEN mine.input END, mine.wall_limit_ms, mine.cancel, mine.shown, iso(mine.created_at),
  f.file->>'path', f.file->>'content'
FROM mine LEFT JOIN participant ON participant.id = mine.participant_id,
  jsonb_array_elements(mine.files) WITH ORDINALITY AS f(file, n)
ORDER BY f.n;

-- run_hold: renews the lease of a run that is running; no row: it is no longer ours
-- $1 id, $2 attempt int, $3 runner, $4 seconds int, $5 shown bool, $6 image
-- > cancel bool, started_at
UPDATE run SET status = 'running', image = $6, lease_until = now() + $4::int * interval '1 s',
  shown = shown OR $5::bool
WHERE id = $1 AND attempt = $2 AND runner = $3 AND ended_at IS NULL
RETURNING cancel, iso(started_at);

-- run_wait: renews the lease of a run that has no container yet; no row: it is no longer ours
-- $1 id, $2 attempt int, $3 runner, $4 seconds int
-- > cancel bool
UPDATE run SET lease_until = now() + $4::int * interval '1 s'
WHERE id = $1 AND attempt = $2 AND runner = $3 AND ended_at IS NULL
RETURNING cancel;

-- run_hand_back: a run that this runner will not start after all
-- $1 id, $2 attempt int, $3 runner
UPDATE run SET status = 'queued', lease_until = NULL, started_at = NULL
WHERE id = $1 AND attempt = $2 AND runner = $3 AND ended_at IS NULL;

-- run_finish: the one end of a run, with its output ($12, JSON) and its event; no row: not ours, or ended already
-- $1 id, $2 attempt int, $3 runner, $4 status, $5 exit_code int?, $6 signal int?, $7 cpu_ms int?, $8 wall_ms int?, $9 memory_kb int?, $10 detail, $11 shown bool, $12 output
-- > started_at, ended_at
WITH ended AS (
  UPDATE run SET status = $4, exit_code = $5::int, signal = $6::int, cpu_ms = $7::bigint, wall_ms = $8::bigint,
    memory_kb = $9::bigint, detail = $10, shown = shown OR $11::bool, lease_until = NULL, ended_at = now()
  WHERE id = $1 AND attempt = $2 AND runner = $3 AND ended_at IS NULL RETURNING *
), printed AS (
  INSERT INTO run_output (run_id, seq, stream, data, at)
  SELECT ended.id, o.seq, o.stream, o.data, to_timestamp(o.t / 1000.0)
  FROM ended, json_to_recordset($12::json) AS o(seq bigint, stream text, data text, t bigint)
  ON CONFLICT DO NOTHING
), told AS (
  INSERT INTO event (room_id, type, participant, data)
  SELECT room_id, 'run', participant_id, jsonb_build_object('run', id, 'status', status, 'language', language)
  FROM ended
)
SELECT iso(started_at), iso(ended_at) FROM ended;

-- run_ended: how this very attempt ended, if it did: asked when the answer to run_finish was lost
-- $1 id, $2 attempt int, $3 runner
-- > started_at, ended_at
SELECT iso(started_at), iso(ended_at) FROM run WHERE id = $1 AND attempt = $2 AND runner = $3 AND ended_at IS NOT NULL;
