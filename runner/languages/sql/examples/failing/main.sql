SELECT 'so far, so good' AS said;
SELECT missing FROM nowhere;
SELECT 'never said';
