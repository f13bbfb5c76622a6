-- order_insert: what the sender writes beside its message
-- $1 name
INSERT INTO probe_order (name) VALUES ($1);

-- seen_insert: that a handler was asked
-- $1 name, $2 message, $3 attempt int
INSERT INTO probe_seen (name, message, attempt) VALUES ($1, $2, $3::int);

-- done_insert: the effect, once for each message however often it is delivered
-- $1 message, $2 name
INSERT INTO probe_done (message, name) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- go_get: whether the test lets a handler go on
-- $1 name
-- > name
SELECT name FROM probe_go WHERE name = $1;
