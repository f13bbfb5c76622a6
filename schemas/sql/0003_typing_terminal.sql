-- 0003_typing_terminal.sql - a room's terminals, one open at a time, and all that happened in them.

CREATE TABLE terminal (
  id             text PRIMARY KEY,
  room_id        text NOT NULL REFERENCES room ON DELETE CASCADE,
  participant_id text NOT NULL REFERENCES participant ON DELETE CASCADE, -- who opened it
  language       text NOT NULL,                   -- whose image the shell is in
  files          jsonb NOT NULL DEFAULT '[]',     -- [{"path","content"}]: in /w as it starts
  rows           integer NOT NULL CHECK (rows BETWEEN 2 AND 200),
  columns        integer NOT NULL CHECK (columns BETWEEN 10 AND 400),
  status         text NOT NULL DEFAULT 'starting' CHECK (status IN ('starting', 'running', 'ended')),
  reason         text,                            -- why it ended, in words
  close          boolean NOT NULL DEFAULT false,  -- wished by a person; the runner that has it obeys
  runner         text,                            -- set once: a terminal is never taken over
  lease_until    timestamptz,
  created_at     timestamptz NOT NULL DEFAULT now(),
  started_at     timestamptz,
  ended_at       timestamptz
);
CREATE UNIQUE INDEX terminal_of_room ON terminal (room_id) WHERE ended_at IS NULL;
CREATE INDEX terminal_open ON terminal (created_at) WHERE ended_at IS NULL;
CREATE INDEX terminal_room ON terminal (room_id, created_at DESC);

-- What was printed and typed, in order and with its time: the last of it is in Redis until it is here.
CREATE TABLE terminal_log (
  terminal_id text NOT NULL REFERENCES terminal ON DELETE CASCADE,
  seq         bigint NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('output', 'input', 'resize')),
  data        text NOT NULL,                      -- of a resize: rows x columns, "24x80"
  participant text,                               -- who typed or resized
  at          timestamptz NOT NULL,
  PRIMARY KEY (terminal_id, seq)
);
