-- note_get: one note
-- $1 note int
-- > id int, title, text, author, created_at
SELECT id, title, text, author, iso(created_at) FROM bench_note WHERE id = $1::int;
