-- 0013_object_new.sql - objects that were about to be stored: who stores one and dies before a run's row refers to it leaves
-- an object that nobody would ever find. So its key is written here first.

CREATE TABLE object_new (
  key text PRIMARY KEY,
  at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX object_new_age ON object_new (at);
