CREATE TABLE greeting (word TEXT);
INSERT INTO greeting VALUES ('hello, world');
SELECT word FROM greeting;
