-- 0012_trace.sql - the trace (W3C Trace Context) of the request that asked for it: what a runner logs about it has the
-- same one. NULL: asked for before this.

ALTER TABLE run ADD COLUMN trace text CHECK (trace ~ '^[0-9a-f]{32}$');
ALTER TABLE terminal ADD COLUMN trace text CHECK (trace ~ '^[0-9a-f]{32}$');
