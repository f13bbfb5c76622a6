-- alive: that the database answers
-- > one int
SELECT 1::int AS one;
