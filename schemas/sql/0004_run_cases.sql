-- 0004_run_cases.sql - test runs: the cases of a run, and what became of each; Python's restricted mode.
--
-- A run has copies of its cases, so that editing the room's changes no run that was asked for. What a hidden case
-- reads, expects and printed leaves this table to interviewers only; inputs also go to the sandbox, nothing else does.

CREATE TABLE run_case (
  run_id     text NOT NULL REFERENCES run ON DELETE CASCADE,
  number     integer NOT NULL CHECK (number BETWEEN 1 AND 20),
  name       text,
  hidden     boolean NOT NULL,
  input      text NOT NULL,
  expected   text NOT NULL,
  status     text CHECK (status IN ('ok', 'wrong_answer', 'runtime_error', 'time_limit', 'memory_limit', 'output_limit')),
  exit_code  integer,
  signal     integer,
  cpu_ms     bigint,
  wall_ms    bigint,
  memory_kb  bigint,
  output     text,                            -- the beginning of what it printed; NUL is shown as U+2400
  errors     text,
  cut        boolean,                         -- there was more
  line       bigint,                          -- the first that differs
  PRIMARY KEY (run_id, number)
);

-- A room may hold its Python programs to an allow-list; a run keeps what held when it was asked for.
ALTER TABLE room ADD COLUMN restricted boolean NOT NULL DEFAULT false;
ALTER TABLE run ADD COLUMN restricted boolean NOT NULL DEFAULT false;
