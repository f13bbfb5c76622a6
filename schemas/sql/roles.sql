-- roles.sql - one database role for each program, with the grants it needs and no more.
--
-- Applied after the migrations, each time the stack starts; it may be applied again at any time.
-- Passwords are set by infra/machine from generated files, never here.

DO $$
DECLARE r text;
BEGIN
  FOREACH r IN ARRAY ARRAY['viva_auth', 'viva_rooms', 'viva_docs', 'viva_mail', 'viva_runs', 'viva_signal', 'viva_system', 'viva_terminal', 'viva_runner', 'viva_observe', 'viva_dispatch'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN EXECUTE format('CREATE ROLE %I LOGIN', r); END IF;
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', r);
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', r);
  END LOOP;
END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- Who is in a room: the runtime's check in front of every room operation.
GRANT SELECT (id, room_id, account_id, guest, name, role, left_at) ON participant TO viva_rooms, viva_docs, viva_runs, viva_signal, viva_terminal;
GRANT SELECT (id, ended_at) ON room TO viva_rooms, viva_docs, viva_runs, viva_signal, viva_terminal, viva_runner;

GRANT SELECT, INSERT, UPDATE ON account TO viva_auth;
GRANT SELECT, INSERT, UPDATE, DELETE ON session TO viva_auth;
GRANT SELECT, DELETE ON first_token TO viva_auth;
GRANT SELECT ON participant TO viva_auth;
GRANT SELECT, UPDATE (used_at), DELETE ON recovery TO viva_auth;

GRANT SELECT (id, email) ON account TO viva_mail;
GRANT SELECT (email, message, sent_at), INSERT, UPDATE (sent_at) ON recovery TO viva_mail;

GRANT SELECT, INSERT, UPDATE ON room, participant TO viva_rooms;
GRANT DELETE ON room TO viva_rooms;   -- when its time is over: rooms_expire
GRANT SELECT, INSERT, DELETE ON invite TO viva_rooms;
GRANT SELECT, INSERT ON event TO viva_rooms;
GRANT INSERT, DELETE, SELECT ON session TO viva_rooms;   -- a guest's session begins by joining, ends by leaving
GRANT SELECT (id, name, email) ON account TO viva_rooms;
GRANT SELECT ON language TO viva_rooms;
GRANT SELECT (room_id) ON run TO viva_rooms;

GRANT SELECT, INSERT, UPDATE ON doc_checkpoint TO viva_docs;
GRANT SELECT ON doc_checkpoint TO viva_runs;   -- a run of the document
GRANT SELECT, INSERT ON doc_segment TO viva_docs;

GRANT SELECT, INSERT ON run TO viva_runs;
GRANT UPDATE (cancel, status, ended_at, wall_limit_ms, idempotency_key) ON run TO viva_runs;
GRANT SELECT ON run_output, language TO viva_runs;
GRANT SELECT ON runner TO viva_runs;
GRANT INSERT ON event TO viva_runs;
GRANT SELECT, INSERT, UPDATE, DELETE ON room_case TO viva_runs;
GRANT SELECT, INSERT ON run_case TO viva_runs;
GRANT SELECT (restricted) ON room TO viva_runs;

GRANT SELECT, INSERT ON terminal TO viva_terminal;
GRANT UPDATE (close, status, reason, ended_at) ON terminal TO viva_terminal;
GRANT SELECT (language) ON room TO viva_terminal;
GRANT SELECT ON terminal_log TO viva_terminal;
GRANT INSERT ON event TO viva_terminal;

GRANT SELECT, UPDATE ON run, run_case TO viva_runner;
GRANT SELECT, UPDATE ON terminal TO viva_runner;
GRANT SELECT, INSERT ON terminal_log TO viva_runner;
GRANT SELECT, INSERT, DELETE ON run_output TO viva_runner;
GRANT SELECT, INSERT, UPDATE ON language TO viva_runner;
GRANT INSERT ON event TO viva_runner;
GRANT SELECT (id, name) ON participant TO viva_runner;
GRANT SELECT, INSERT, UPDATE, DELETE ON runner TO viva_runner;
GRANT SELECT, INSERT ON run_dead TO viva_runner;
GRANT SELECT, DELETE ON object_gone TO viva_runner;
GRANT INSERT ON object_new TO viva_runner, viva_runs;
GRANT SELECT, DELETE ON object_new TO viva_runs;   -- whoever stored one and died: runs_sweep
GRANT SELECT, INSERT ON object_gone TO viva_runs;

-- Who sends to which queue; the function checks it, and its callers cannot touch the tables.
DELETE FROM queue_sender;
INSERT INTO queue_sender (queue, role)
VALUES ('checkpoint', 'viva_docs'), ('checkpoint', 'viva_rooms'), ('presence', 'viva_rooms'), ('forget', 'viva_rooms'),
  ('mail', 'viva_auth');
GRANT EXECUTE ON FUNCTION message_send TO viva_auth, viva_docs, viva_rooms;
GRANT SELECT, INSERT, UPDATE, DELETE ON message TO viva_dispatch;
GRANT SELECT (due_at, dead_at) ON message TO viva_observe;
GRANT SELECT, INSERT, UPDATE ON schedule TO viva_dispatch;
