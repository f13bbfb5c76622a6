-- use document

-- language_list: what can be run here, or will be soon
-- > name, title, version, file, ready bool, detail, starter, image
SELECT name, title, version, file, ready, detail, starter, image FROM language ORDER BY title LIMIT 64;

-- language_known: whether a runner here knows a language, and why it cannot be run yet
-- $1 name
-- > title, ready bool, detail
SELECT title, ready, detail FROM language WHERE name = $1;

-- language_start: the file that a run of a language starts with
-- $1 name
-- > file
SELECT file FROM language WHERE name = $1;

-- run_lock: submissions to one room come one after another, until the transaction ends
-- $1 room
-- > locked
SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text AS locked;

-- run_load: runs that have not ended: of a room, of a person, of all, and those that share slots with a language;
-- the slots that live, and how long a run has one of late (1 s when nobody knows)
-- $1 room, $2 participant, $3 account, $4 language
-- > here int, mine int, everywhere int, ahead int, slots int, service_ms int
WITH hand AS (
  SELECT slots, languages, service_ms FROM runner
  WHERE seen_at > now() - interval '15 s' AND state = 'ready' AND $4 = ANY (languages)
)
SELECT count(*) FILTER (WHERE room_id = $1) AS here,
  count(*) FILTER (WHERE participant_id = $2 OR participant_id IN (SELECT id FROM participant WHERE account_id = $3)) AS mine,
  count(*) AS everywhere,
  count(*) FILTER (WHERE EXISTS (SELECT FROM hand WHERE run.language = ANY (hand.languages))) AS ahead,
  (SELECT coalesce(sum(slots), 0) FROM hand) AS slots,
  (SELECT coalesce(sum(service_ms * slots) / sum(slots) FILTER (WHERE service_ms IS NOT NULL), 1000)::bigint FROM hand) AS service_ms
FROM run WHERE ended_at IS NULL;

-- run_by_key: the run that an idempotency key stands for
-- $1 room, $2 key
-- > id
SELECT id FROM run WHERE room_id = $1 AND idempotency_key = $2;

-- run_insert: a queued run, and that somebody asked for it
-- $1 id, $2 room, $3 participant, $4 key, $5 language, $6 files, $7 input, $8 wall_ms int
-- $9 interactive bool, $10 terminal_rows int?, $11 terminal_columns int?, $12 program, $13 trace
WITH r AS (
  INSERT INTO run (id, room_id, participant_id, idempotency_key, language, files, input, wall_limit_ms,
    interactive, rows, columns, program, trace, restricted)
  SELECT $1, id, $3, $4, $5, $6::jsonb, $7, $8::int, $9::bool, $10::int, $11::int, $12, $13, restricted FROM room WHERE id = $2
  RETURNING id, room_id, participant_id, language
)
INSERT INTO event (room_id, type, participant, data)
SELECT room_id, 'run', participant_id, jsonb_build_object('run', id, 'language', language, 'status', 'queued') FROM r;

-- run_find: a run by its id, or a room's runs, newest first
-- $1 id, $2 room, $3 most int
-- > id, room, participant, name, language, status, exit_code int?, signal int?, cpu_ms int?, wall_ms int?
-- > memory_kb int?, detail, image, created_at, started_at, ended_at, interactive bool, rows int?, columns int?
-- > cases int, decided int, passed int, trace
SELECT r.id, r.room_id AS room, r.participant_id AS participant, p.name, r.language, r.status, r.exit_code, r.signal,
  r.cpu_ms, r.wall_ms, r.memory_kb, r.detail, r.image,
  iso(r.created_at) AS created_at, iso(r.started_at) AS started_at, iso(r.ended_at) AS ended_at,
  r.interactive, r.rows, r.columns, c.cases, c.decided, c.passed, r.trace
FROM run AS r JOIN participant AS p ON p.id = r.participant_id, LATERAL (
  SELECT count(*) AS cases, count(status) AS decided, count(*) FILTER (WHERE status = 'ok') AS passed
  FROM run_case WHERE run_id = r.id
) AS c
WHERE r.id = $1 OR r.room_id = $2
ORDER BY r.created_at DESC, r.id
LIMIT $3::int;

-- run_output_get: what a run printed after a seq, as much as fits into so many bytes, and at least one chunk
-- $1 run, $2 after int, $3 most int, $4 bytes int
-- > seq int, stream, data, place int?, size int, participant, printed
SELECT seq, stream, data, place, size, participant, printed FROM (
  SELECT o.seq, stream, data, place, bytes AS size, participant, printed,
    sum(bytes) OVER (ORDER BY o.seq) - bytes AS before
  FROM run_output AS o JOIN run ON run.id = o.run_id, coalesce(o.size, octet_length(data)) AS bytes
  WHERE o.run_id = $1 AND o.seq > $2::bigint
  ORDER BY o.seq LIMIT $3::int
) AS chunk
WHERE before < $4::bigint
ORDER BY seq;

-- run_cancel_queued: a run that no runner has taken ends here; the one terminal event is ours then
-- $1 id, $2 by
WITH r AS (
  UPDATE run SET cancel = true, status = 'cancelled', ended_at = now()
  WHERE id = $1 AND status = 'queued' AND ended_at IS NULL
  RETURNING id, room_id
)
INSERT INTO event (room_id, type, participant, data)
SELECT room_id, 'run', $2, jsonb_build_object('run', id, 'status', 'cancelled') FROM r;

-- run_cancel_wish: a run that a runner has is to be stopped
-- $1 id
UPDATE run SET cancel = true WHERE id = $1 AND ended_at IS NULL;

-- room_case_list: a room's test cases in order
-- $1 room
-- > number int, name, hidden bool, input, expected
SELECT number, name, hidden, input, expected FROM room_case WHERE room_id = $1 ORDER BY number;

-- room_case_set: replaces a room's test cases by those in $2 (JSON, as TestCaseSet has them)
-- $1 room, $2 cases, $3 participant
WITH wanted AS (
  SELECT c.n AS number, c.item->>'name' AS name, coalesce((c.item->>'hidden')::boolean, false) AS hidden,
    c.item->>'input' AS input, c.item->>'expected' AS expected
  FROM jsonb_array_elements($2::jsonb->'cases') WITH ORDINALITY AS c(item, n)
), gone AS (
  DELETE FROM room_case WHERE room_id = $1 AND number > (SELECT count(*) FROM wanted)
), kept AS (
  INSERT INTO room_case (room_id, number, name, hidden, input, expected)
  SELECT $1, number, name, hidden, input, expected FROM wanted
  ON CONFLICT (room_id, number) DO UPDATE
  SET name = excluded.name, hidden = excluded.hidden, input = excluded.input, expected = excluded.expected
)
INSERT INTO event (room_id, type, participant, data)
SELECT $1, 'cases', $3, jsonb_build_object('total', count(*)) FROM wanted;

-- run_case_insert: a run's test cases, from JSON as TestCaseSet has them
-- $1 run, $2 cases
INSERT INTO run_case (run_id, number, name, hidden, input, expected)
SELECT $1, c.n, c.item->>'name', coalesce((c.item->>'hidden')::boolean, false), c.item->>'input', c.item->>'expected'
FROM jsonb_array_elements($2::jsonb->'cases') WITH ORDINALITY AS c(item, n);

-- run_case_copy: the room's test cases become the run's
-- $1 run, $2 room
INSERT INTO run_case (run_id, number, name, hidden, input, expected)
SELECT $1, number, name, hidden, input, expected FROM room_case WHERE room_id = $2;

-- run_case_limit: each case has its part of the longest time that a run may take
-- $1 run, $2 all int
UPDATE run SET wall_limit_ms = least(wall_limit_ms, $2::int / (SELECT count(*)::int FROM run_case WHERE run_id = $1))
WHERE id = $1;

-- run_case_list: a run's test cases; of hidden ones only the verdict unless $2
-- $1 run, $2 all bool
-- > number int, name, hidden bool, status, exit_code int?, signal int?, cpu_ms int?, wall_ms int?, memory_kb int?
-- > input, expected, output, errors, cut bool, line int?
SELECT c.number, c.name, c.hidden,
  coalesce(c.status, CASE WHEN run.ended_at IS NULL THEN 'waiting' ELSE 'not_run' END) AS status,
  o.exit_code, o.signal, o.cpu_ms, o.wall_ms, o.memory_kb,
  o.input, o.expected, o.output, o.errors, coalesce(o.cut, false) AS cut, o.line
FROM run_case AS c JOIN run ON run.id = c.run_id
LEFT JOIN run_case AS o ON o.run_id = c.run_id AND o.number = c.number AND ($2::bool OR NOT o.hidden)
WHERE c.run_id = $1
ORDER BY c.number;

-- run_keys_sweep: forgets the idempotency keys of runs that ended a day ago: nobody sends these requests again
UPDATE run SET idempotency_key = NULL WHERE idempotency_key IS NOT NULL AND ended_at < now() - interval '1 day';

-- object_announce: an object is about to be stored
-- $1 key
INSERT INTO object_new (key) VALUES ($1);

-- objects_sweep: of the objects that were about to be stored a day ago, those that nothing refers to, nor can any more:
-- their run was never written, or it has ended without them. A runner deletes what is in object_gone. $1 at a time
-- $1 most int
WITH old AS (
  SELECT key, run.id IS NULL OR key NOT IN (coalesce(program, ''), coalesce(printed, '')) AS orphan
  FROM object_new LEFT JOIN run ON run.id = split_part(key, '/', 2)
  WHERE at < now() - interval '1 day' AND (run.id IS NULL OR ended_at IS NOT NULL) ORDER BY at LIMIT $1::int
), looked AS (
  DELETE FROM object_new USING old WHERE object_new.key = old.key
)
INSERT INTO object_gone (key) SELECT key FROM old WHERE orphan ON CONFLICT DO NOTHING;
