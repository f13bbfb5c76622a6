-- schema.sql - what the function `probe` has in the database beside the tables of triggers.

CREATE TABLE probe_order (name text NOT NULL);
CREATE TABLE probe_seen (name text NOT NULL, message text NOT NULL, attempt integer NOT NULL, at timestamptz DEFAULT now());
CREATE TABLE probe_done (message text PRIMARY KEY, name text NOT NULL);
CREATE TABLE probe_go (name text NOT NULL);

CREATE ROLE viva_probe LOGIN;
GRANT INSERT ON probe_order, probe_seen TO viva_probe;
GRANT SELECT, INSERT ON probe_done TO viva_probe;
GRANT SELECT ON probe_go TO viva_probe;
GRANT SELECT ON room, participant TO viva_probe;
GRANT EXECUTE ON FUNCTION message_send TO viva_probe;
INSERT INTO queue_sender (queue, role) VALUES ('probe', 'viva_probe'), ('probe_once', 'viva_probe');
