-- 0010_triggers.sql - queues and schedules: what functions/lib/dispatch hands to functions.
--
-- A row of `message` is a message that was sent and is not handled yet. It is taken by a lease (due_at lies in the
-- future then) and deleted when its handler has said that it is done. Whoever writes about one names the attempt.

CREATE TABLE message (
  id         text PRIMARY KEY,              -- the handler is told it: the same at every attempt
  seq        bigint GENERATED ALWAYS AS IDENTITY,
  queue      text NOT NULL,                 -- of a schedule's firing: the operation
  body       text NOT NULL,                 -- JSON as api.yaml has it; empty: a firing
  once       text,                          -- hash of the body: while an equal one waits, no second one is added
  trace      text,                          -- the trace of the request that sent it
  created_at timestamptz NOT NULL DEFAULT now(),
  due_at     timestamptz NOT NULL DEFAULT now(), -- when it may be taken; while somebody has it, until when that lasts
  attempt    integer NOT NULL DEFAULT 0,    -- how often it was taken: the fencing token
  failures   integer NOT NULL DEFAULT 0,    -- how often that was the handler's fault
  holder     text,                          -- the dispatcher that has it
  reason     text,                          -- what went wrong the last time
  dead_at    timestamptz                    -- it is not tried again: for the operator
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE INDEX message_due ON message (queue, due_at, seq) WHERE dead_at IS NULL;
CREATE INDEX message_dead ON message (dead_at) WHERE dead_at IS NOT NULL;
CREATE UNIQUE INDEX message_once ON message (queue, once) WHERE once IS NOT NULL AND attempt = 0 AND dead_at IS NULL;

-- When a schedule fires next. Firing moves the row on and adds a message, in one statement, so it happens once.
CREATE TABLE schedule (
  name     text PRIMARY KEY,                -- the operation
  period   integer NOT NULL CHECK (period > 0), -- seconds; counted from `start` seconds after midnight UTC
  start    integer NOT NULL,
  next_at  timestamptz NOT NULL,
  fired_at timestamptz
);
CREATE FUNCTION schedule_next(period integer, start integer) RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT to_timestamp((floor((extract(epoch FROM now()) - $2) / $1) + 1) * $1 + $2) $$;

-- Who may send to which queue: roles.sql has the rows.
CREATE TABLE queue_sender (
  queue text,
  role  name,
  PRIMARY KEY (queue, role)
);

-- Sends, in the transaction of whoever calls: nothing is sent where that is rolled back. Where an equal message waits
-- its row is locked until then, so that it cannot be handled before what the sender wrote can be seen.
CREATE FUNCTION message_send(text, text, text, boolean, text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$ BEGIN
  IF NOT EXISTS (SELECT FROM queue_sender WHERE queue = $2 AND role = session_user) THEN
    RAISE insufficient_privilege USING MESSAGE = format('%s may not send to the queue %s', session_user, $2);
  END IF;
  INSERT INTO message (id, queue, body, once, trace)
  VALUES ($1, $2, $3, CASE WHEN $4 THEN encode(sha256(convert_to($3, 'UTF8')), 'hex') END, $5)
  ON CONFLICT (queue, once) WHERE once IS NOT NULL AND attempt = 0 AND dead_at IS NULL
  DO UPDATE SET due_at = message.due_at;
  RETURN true;
END $$;
REVOKE ALL ON FUNCTION message_send FROM PUBLIC;
