-- type float is not one of text, int, bool, bytes, int?, bool?
-- a: it
-- > x float
SELECT 1;
