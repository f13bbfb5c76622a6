-- limit.lua: counts a call in its window; 0, or the milliseconds until the window ends when it is full.
-- KEYS[1] limit:<what>:<who>
-- ARGV[1] how many calls, ARGV[2] window in milliseconds
local n = redis.call('INCR', KEYS[1])
if n == 1 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
if n <= tonumber(ARGV[1]) then
  return 0
end
return math.max(redis.call('PTTL', KEYS[1]), 1)
