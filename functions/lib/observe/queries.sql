-- queries.sql - what metrics ask of PostgreSQL: what everybody may see, and of messages their times alone.

-- database_load: what the database has done and how large it is
-- > connections_max int, commits int, rollbacks int, deadlocks int, size int
SELECT current_setting('max_connections')::bigint, xact_commit, xact_rollback, deadlocks, pg_database_size(datname)
FROM pg_stat_database WHERE datname = current_database();

-- connections_by_role: who is connected
-- > role, n int
SELECT usename::text AS role, count(*) AS n FROM pg_stat_activity
WHERE datname = current_database() AND usename IS NOT NULL GROUP BY usename ORDER BY usename LIMIT 64;

-- messages_now: what queues and schedules have sent and nobody has handled yet; late: since the first of them was due
-- > waiting int, late_ms int, dead int
SELECT count(*) FILTER (WHERE dead_at IS NULL) AS waiting,
  coalesce(extract(epoch FROM now() - min(due_at) FILTER (WHERE dead_at IS NULL AND due_at < now())) * 1000, 0)::bigint AS late_ms,
  count(*) FILTER (WHERE dead_at IS NOT NULL) AS dead
FROM message;
