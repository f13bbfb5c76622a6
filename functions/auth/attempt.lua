-- attempt.lua - attempts to sign in, by one account or from one address.
--
-- KEYS[1] failures and attempts under way, KEYS[2] present while one has to wait
-- ARGV[1] "begin": counts one, unless one has to wait; "forgive": takes one back; "clear": forgets all
-- ARGV[2] attempts before one has to wait
-- Returns the seconds to wait, 0 where there is nothing to wait for.
local FORGET, LONGEST = 3600, 900

if ARGV[1] == 'clear' then
  redis.call('DEL', KEYS[1], KEYS[2])
  return 0
end
if ARGV[1] == 'forgive' then
  if redis.call('EXISTS', KEYS[1]) == 1 and redis.call('DECR', KEYS[1]) < tonumber(ARGV[2]) then
    redis.call('DEL', KEYS[2])
  end
  return 0
end

local wait = redis.call('PTTL', KEYS[2])
if wait > 0 then return math.ceil(wait / 1000) end

local n = redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], FORGET)
local over = n - tonumber(ARGV[2])
if over >= 0 then
  redis.call('SET', KEYS[2], 1, 'EX', math.min(2 ^ math.min(over, 20), LONGEST))
end
return 0
