-- 0003_typing.sql - programs that are typed into while they run, and terminals.

ALTER TABLE run ADD COLUMN interactive boolean NOT NULL DEFAULT false; -- standard input stays open behind `input`
ALTER TABLE run ADD COLUMN rows    integer CHECK (rows BETWEEN 2 AND 200);          -- NULL: pipes, no terminal
ALTER TABLE run ADD COLUMN columns integer CHECK (columns BETWEEN 10 AND 400);

ALTER TABLE run_output ADD COLUMN participant text;                    -- who typed it; NULL: the program printed it
ALTER TABLE run_output DROP CONSTRAINT run_output_stream_check;
ALTER TABLE run_output ADD CONSTRAINT run_output_stream_check CHECK (stream IN ('stdout', 'stderr', 'system', 'stdin'));
