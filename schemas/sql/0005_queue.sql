-- 0005_queue.sql - the queue of runs as operators and several runners need it.

ALTER TABLE run DROP CONSTRAINT run_status_check;
ALTER TABLE run ADD CONSTRAINT run_status_check CHECK (status IN ('queued', 'starting', 'compiling', 'running', 'ok',
  'runtime_error', 'compile_error', 'dependency_error', 'time_limit', 'memory_limit', 'output_limit', 'cancelled',
  'runner_lost', 'internal_error'));

-- The order in which runs were asked for: no clock has a say in it.
ALTER TABLE run ADD COLUMN seq bigint GENERATED ALWAYS AS IDENTITY;
-- Runners and sandboxes that were lost over it; a run that was handed back lost none.
ALTER TABLE run ADD COLUMN lost integer NOT NULL DEFAULT 0;
DROP INDEX run_waiting;
CREATE INDEX run_waiting ON run (room_id, seq) WHERE ended_at IS NULL;
CREATE INDEX run_turn ON run (room_id, started_at);

-- Who takes runs, written by each runner every few seconds. One that has not been seen for 15 s counts no more.
CREATE TABLE runner (
  name       text PRIMARY KEY,
  host       text NOT NULL,
  slots      integer NOT NULL,
  busy       integer NOT NULL DEFAULT 0,
  languages  text[] NOT NULL,
  service_ms bigint,                         -- how long a run has a slot, as of late; NULL: none has yet
  state      text NOT NULL CHECK (state IN ('ready', 'draining', 'no engine')),
  started_at timestamptz NOT NULL DEFAULT now(),
  seen_at    timestamptz NOT NULL DEFAULT now()
);

-- Runs that are not tried again though nobody knows what they would have done: for the operator.
CREATE TABLE run_dead (
  run_id   text PRIMARY KEY REFERENCES run ON DELETE CASCADE,
  at       timestamptz NOT NULL DEFAULT now(),
  language text NOT NULL,
  attempts integer NOT NULL,
  runner   text,
  reason   text NOT NULL
);
