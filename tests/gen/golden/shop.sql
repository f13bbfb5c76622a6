-- A comment before the first statement belongs to nobody.

-- book_put: a book; no row if the shelf is full
-- it may have another comment line, which is not kept
-- $1 id, $2 title, $3 most int, $4 cover bytes
-- $5 born int?, $6 rare bool?, $7 lent bool
INSERT INTO book (id, title, cover, born, rare, lent)
SELECT $1, $2, $4, $5, $6, $7
-- a comment inside stays with the statement
WHERE (SELECT count(*) FROM book) < $3;

-- book_get: a book "by its id"
-- $1 id
-- > title, total int, born int?, rare bool?, lent bool
SELECT title, total, born, rare, lent FROM book WHERE id = $1 AND title <> E'\\';

-- book_cover: how it looks
-- $1 id
-- > title, cover bytes
SELECT title, cover FROM book WHERE id = $1;

-- book_count: all of them
-- > n int
SELECT count(*) FROM book;
