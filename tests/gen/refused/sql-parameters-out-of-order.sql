-- a: $1 is expected where $2 stands
-- a: it
-- $2 x, $1 y
SELECT $1, $2;
