-- 0009_installing.sql - a run can also stand at the installing of its libraries.

ALTER TABLE run DROP CONSTRAINT run_status_check;
ALTER TABLE run ADD CONSTRAINT run_status_check CHECK (status IN ('queued', 'starting', 'installing', 'compiling',
  'running', 'ok', 'wrong_answer', 'runtime_error', 'compile_error', 'dependency_error', 'time_limit', 'memory_limit',
  'output_limit', 'cancelled', 'runner_lost', 'internal_error'));
