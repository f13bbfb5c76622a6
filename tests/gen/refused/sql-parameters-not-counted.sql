-- a: 1 parameters are named, but the statement uses $2
-- a: it
-- $1 x
SELECT $1, $2;
