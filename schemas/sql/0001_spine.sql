-- 0001_spine.sql - accounts, rooms, documents' checkpoints, runs, the room's log.
--
-- Ids are 22 characters of base64url (functions/lib/base/id.h). What must not be readable by who
-- steals a copy is stored hashed: passwords by argon2id, tokens and invites by SHA-256 in hex.

-- Times leave the database as the API shows them.
CREATE FUNCTION iso(timestamptz) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT to_char($1 AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;

CREATE TABLE account (
  id            text PRIMARY KEY,
  email         text NOT NULL,
  name          text NOT NULL,
  password_hash text,                       -- NULL: the owner, before a password is set
  is_owner      boolean NOT NULL DEFAULT false, -- of the deployment: made by the first link
  created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX account_email ON account (lower(email));
CREATE UNIQUE INDEX account_owner ON account (is_owner) WHERE is_owner;

CREATE TABLE language (                      -- written by the runner as it starts
  name    text PRIMARY KEY,
  title   text NOT NULL,
  version text NOT NULL,
  file    text NOT NULL,
  image   text
);

CREATE TABLE room (
  id         text PRIMARY KEY,
  title      text NOT NULL,
  language   text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at   timestamptz
);

CREATE TABLE participant (
  id         text PRIMARY KEY,
  room_id    text NOT NULL REFERENCES room ON DELETE CASCADE,
  account_id text REFERENCES account ON DELETE SET NULL,  -- NULL: a guest
  guest      boolean NOT NULL,
  name       text NOT NULL,
  role       text NOT NULL CHECK (role IN ('owner', 'interviewer', 'candidate', 'observer')),
  joined_at  timestamptz NOT NULL DEFAULT now(),
  left_at    timestamptz
);
CREATE UNIQUE INDEX participant_account ON participant (room_id, account_id) WHERE account_id IS NOT NULL;
CREATE INDEX participant_room ON participant (room_id);
CREATE INDEX participant_by_account ON participant (account_id, joined_at DESC);

CREATE TABLE invite (
  token_hash text PRIMARY KEY,               -- SHA-256 of the 128-bit token
  room_id    text NOT NULL REFERENCES room ON DELETE CASCADE,
  role       text NOT NULL CHECK (role IN ('interviewer', 'candidate', 'observer')),
  created_by text NOT NULL REFERENCES participant ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL DEFAULT now() + interval '7 days'
);

-- A session is one browser's chain of refresh tokens, of an account or of a guest.
CREATE TABLE session (
  id             text PRIMARY KEY,
  account_id     text REFERENCES account ON DELETE CASCADE,
  participant_id text REFERENCES participant ON DELETE CASCADE,
  token_hash     text NOT NULL UNIQUE,       -- the refresh token that works now
  previous_hash  text,                       -- the one before: a second use of it is a theft, or a lost answer
  salt           text,                       -- made the one that works now from the one before: runtime/session.h
  rotated_at     timestamptz NOT NULL DEFAULT now(),
  created_at     timestamptz NOT NULL DEFAULT now(),
  expires_at     timestamptz NOT NULL,
  CHECK (num_nonnulls(account_id, participant_id) = 1)
);
CREATE UNIQUE INDEX session_previous ON session (previous_hash) WHERE previous_hash IS NOT NULL;
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_participant ON session (participant_id);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE first_token (                   -- one-time links made by `make run` and `make link`
  token_hash text PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL DEFAULT now() + interval '1 day'
);

-- The room's log but for edits and output: what replay reads beside them.
CREATE TABLE event (
  room_id     text NOT NULL REFERENCES room ON DELETE CASCADE,
  seq         bigint GENERATED ALWAYS AS IDENTITY,
  at          timestamptz NOT NULL DEFAULT clock_timestamp(),
  type        text NOT NULL,                 -- chat, run, join, leave, language, end, ...
  participant text,
  data        jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (room_id, seq)
);

-- A document's log, compacted up to log_id (an id of its Redis stream). The log itself is
-- doc_segment (older than the checkpoint) and then the stream: see schemas/redis.md.
CREATE TABLE doc_checkpoint (
  room_id    text NOT NULL REFERENCES room ON DELETE CASCADE,
  document   text NOT NULL,
  log_id     text NOT NULL,
  state      bytea NOT NULL,                 -- one Yjs update, v1
  clients    jsonb NOT NULL DEFAULT '{}',    -- client id -> participant id
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (room_id, document)
);
CREATE TABLE doc_segment (
  room_id  text NOT NULL REFERENCES room ON DELETE CASCADE,
  document text NOT NULL,
  first_id text NOT NULL,
  last_id  text NOT NULL,
  records  integer NOT NULL,
  data     bytea NOT NULL,                   -- format: functions/docs/segment.h
  PRIMARY KEY (room_id, document, first_id)
);

CREATE TABLE run (
  id              text PRIMARY KEY,
  room_id         text NOT NULL REFERENCES room ON DELETE CASCADE,
  participant_id  text NOT NULL REFERENCES participant ON DELETE CASCADE,
  idempotency_key text,
  language        text NOT NULL REFERENCES language,
  files           jsonb NOT NULL,            -- [{"path","content"}]
  input           text NOT NULL DEFAULT '',
  wall_limit_ms   integer NOT NULL,
  status          text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'starting', 'compiling', 'running',
    'ok', 'runtime_error', 'compile_error', 'time_limit', 'memory_limit', 'output_limit', 'cancelled', 'internal_error')),
  cancel          boolean NOT NULL DEFAULT false,  -- wished by a person; the runner that holds the lease obeys
  attempt         integer NOT NULL DEFAULT 0,      -- the fencing token: a write names the attempt it belongs to
  runner          text,
  lease_until     timestamptz,
  shown           boolean NOT NULL DEFAULT false,  -- some output was shown: it must not be run again
  exit_code       integer,
  signal          integer,
  cpu_ms          bigint,
  wall_ms         bigint,
  memory_kb       bigint,
  detail          text,
  image           text,
  created_at      timestamptz NOT NULL DEFAULT now(),
  started_at      timestamptz,
  ended_at        timestamptz
);
CREATE UNIQUE INDEX run_idempotency ON run (room_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX run_room ON run (room_id, created_at DESC);
CREATE INDEX run_waiting ON run (created_at) WHERE ended_at IS NULL;

-- Output lives in Redis while a run is running (schemas/redis.md) and here afterwards.
CREATE TABLE run_output (
  run_id text NOT NULL REFERENCES run ON DELETE CASCADE,
  seq    bigint NOT NULL,
  stream text NOT NULL CHECK (stream IN ('stdout', 'stderr', 'system')),
  data   text NOT NULL,                      -- NUL is shown as U+2400: text cannot hold it
  at     timestamptz NOT NULL,
  PRIMARY KEY (run_id, seq)
);
