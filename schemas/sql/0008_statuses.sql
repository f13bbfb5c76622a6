-- 0008_statuses.sql - every way that a run can stand: RunStatus of api.yaml, in one list again.

ALTER TABLE run DROP CONSTRAINT run_status_check;
ALTER TABLE run ADD CONSTRAINT run_status_check CHECK (status IN ('queued', 'starting', 'compiling', 'running', 'ok',
  'wrong_answer', 'runtime_error', 'compile_error', 'dependency_error', 'time_limit', 'memory_limit', 'output_limit',
  'cancelled', 'runner_lost', 'internal_error'));
