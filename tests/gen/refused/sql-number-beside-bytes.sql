-- a: beside bytes only text can be read, and n is int
-- a: it
-- > name, cover bytes, n int
SELECT name, cover, n FROM book;
