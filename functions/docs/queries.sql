-- use document

-- checkpoint_put: moves the checkpoint on; no row where somebody else did meanwhile
-- $1 room, $2 document, $3 old_log_id, $4 log_id, $5 state bytes, $6 clients
INSERT INTO doc_checkpoint (room_id, document, log_id, state, clients)
VALUES ($1, $2, $4, $5, $6::jsonb)
ON CONFLICT (room_id, document) DO UPDATE
SET log_id = EXCLUDED.log_id, state = EXCLUDED.state, clients = EXCLUDED.clients, updated_at = now()
WHERE doc_checkpoint.log_id = $3;

-- segment_put: the part of the log that a checkpoint took in, kept as it was
-- $1 room, $2 document, $3 first_id, $4 last_id, $5 records int, $6 data bytes
INSERT INTO doc_segment (room_id, document, first_id, last_id, records, data)
VALUES ($1, $2, $3, $4, $5::int, $6);

-- log_size: bytes of a document's log that have left Redis
-- $1 room, $2 document
-- > bytes int
SELECT coalesce(sum(length(data)), 0)::bigint AS bytes FROM doc_segment WHERE room_id = $1 AND document = $2;

-- room_there: whether there is such a room
-- $1 room
-- > id
SELECT id FROM room WHERE id = $1;
