-- a does not end in a line with ;
-- a: it
SELECT 1
