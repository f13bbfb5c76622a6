-- take.lua: "quotes", \backslashes\ and	tabs
-- KEYS[1] shelf

return redis.call('LPOP', KEYS[1])
