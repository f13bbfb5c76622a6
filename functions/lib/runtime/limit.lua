-- limit.lua: takes a token from a bucket; 0, or the milliseconds until there is one when it is empty.
-- KEYS[1] limit:<what>:<who>
-- ARGV[1] how many tokens the bucket holds, ARGV[2] milliseconds in which an empty one fills
--
-- All that is kept is when the bucket will be full again, in microseconds: a token puts it off by one interval, and
-- a bucket that would take longer to fill than an empty one does has none. A full bucket is no key.
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local fill = ARGV[2] * 1000
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now) + fill / ARGV[1]
if full - fill > now then
  return math.ceil((full - fill - now) / 1000)
end
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000))
return 0
