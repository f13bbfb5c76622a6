-- schema.sql - what the functions of the bench read, beside the product's own schema, and who may.

CREATE TABLE bench_note (id int PRIMARY KEY, title text NOT NULL, text text NOT NULL, author text NOT NULL, created_at timestamptz NOT NULL);
INSERT INTO bench_note
  SELECT n, 'Note ' || n, repeat('What was said in the interview. ', 8), 'Ann', '2026-01-01' FROM generate_series(1, 1000) AS n;
ANALYZE bench_note;
GRANT USAGE ON SCHEMA public TO viva_bench, bench_peer;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO viva_bench, bench_peer;
