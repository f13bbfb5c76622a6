-- a statement begins with a line "-- name: what it does"
SELECT 1;
