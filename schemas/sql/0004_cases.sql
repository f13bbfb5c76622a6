-- 0004_cases.sql - test cases: a room's, and what became of each in a run.
--
-- A run has copies of its own, so that editing the room's changes no run that was asked for. `expected` and hidden
-- inputs never leave these tables but to interviewers, and inputs to the sandbox.

CREATE TABLE room_case (
  room_id  text NOT NULL REFERENCES room ON DELETE CASCADE,
  number   integer NOT NULL CHECK (number BETWEEN 1 AND 20),
  name     text,
  hidden   boolean NOT NULL,
  input    text NOT NULL,
  expected text NOT NULL,
  PRIMARY KEY (room_id, number)
);
