-- What reading a document asks of the database.

-- checkpoint_get: a document's log, compacted up to log_id
-- $1 room, $2 document
-- > log_id, state bytes, clients
SELECT log_id, state, clients::text FROM doc_checkpoint WHERE room_id = $1 AND document = $2;
