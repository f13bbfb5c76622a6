-- queries.sql - what metrics ask of PostgreSQL. Their role may read no table of ours: this is what everybody may see.

-- database_load: what the database has done and how large it is
-- > connections_max int, commits int, rollbacks int, deadlocks int, size int
SELECT current_setting('max_connections')::bigint, xact_commit, xact_rollback, deadlocks, pg_database_size(datname)
FROM pg_stat_database WHERE datname = current_database();

-- connections_by_role: who is connected
-- > role, n int
SELECT usename::text AS role, count(*) AS n FROM pg_stat_activity
WHERE datname = current_database() AND usename IS NOT NULL GROUP BY usename ORDER BY usename LIMIT 64;
