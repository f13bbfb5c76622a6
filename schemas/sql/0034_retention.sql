-- 0034_retention.sql - rooms are deleted some time after they ended (functions/rooms/expire.c): how they are found, and how what
-- refers to their people is.

CREATE INDEX room_ended ON room (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX invite_room ON invite (room_id);
CREATE INDEX invite_creator ON invite (created_by);
CREATE INDEX run_participant ON run (participant_id);
CREATE INDEX terminal_participant ON terminal (participant_id);
