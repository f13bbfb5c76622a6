-- 0005_objects.sql - what is large of a run lies in the store of objects: functions/lib/io/objects.h.

ALTER TABLE run ADD COLUMN program text;     -- key of its files, as JSON like `files`, which is empty then
ALTER TABLE run ADD COLUMN printed text;     -- key of its output: the texts of run_output, one behind the other
ALTER TABLE run_output ALTER COLUMN data DROP NOT NULL;
ALTER TABLE run_output ADD COLUMN place bigint, ADD COLUMN size integer;
ALTER TABLE run_output ADD CHECK (num_nonnulls(data, place) = 1 AND (place IS NULL) = (size IS NULL));

-- Objects whose run is gone: a runner deletes them, and then the row. So whoever deletes a run, or its room, deletes all of it.
CREATE TABLE object_gone (
  key text PRIMARY KEY,
  at  timestamptz NOT NULL DEFAULT now()
);
CREATE FUNCTION run_is_gone() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$ BEGIN
  INSERT INTO object_gone (key) SELECT key FROM unnest(ARRAY[OLD.program, OLD.printed]) AS key WHERE key IS NOT NULL
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER run_is_gone AFTER DELETE ON run FOR EACH ROW EXECUTE FUNCTION run_is_gone();
