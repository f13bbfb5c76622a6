-- 0002_languages.sql - languages whose sandbox is still being made are known, too.

ALTER TABLE language
  ADD COLUMN ready   boolean NOT NULL DEFAULT true,
  ADD COLUMN detail  text,                   -- why it is not ready
  ADD COLUMN starter text NOT NULL DEFAULT '';
