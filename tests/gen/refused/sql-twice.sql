-- a is there twice
-- a: it
SELECT 1;
-- a: again
SELECT 2;
