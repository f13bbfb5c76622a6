-- a parameter cannot be called rows
-- a: it
-- $1 rows int
SELECT $1;
