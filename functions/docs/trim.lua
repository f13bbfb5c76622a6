#!lua flags=allow-oom
-- trim.lua - takes away what a checkpoint has of a log, and says in the clocks what there is to load now.
--
-- KEYS  1 log stream   2 clocks
-- ARGV  1 the first id to stay   2 bytes of the checkpoint
--
-- In one step, so that append.lua never counts an edit twice or not at all. Where nothing goes somebody else was here, with
-- this checkpoint or a newer one. Without clocks rebuild.lua will count. It is allowed where Redis' memory is full, since it makes room.
if redis.call('XTRIM', KEYS[1], 'MINID', ARGV[1]) == 0 or redis.call('HEXISTS', KEYS[2], 'tail') == 0 then return 0 end
local tail = 0
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do
  local fields = entry[2]
  tail = tail + (tonumber(fields[6]) or #fields[4])
end
redis.call('HSET', KEYS[2], 'state', ARGV[2], 'tail', string.format('%.0f', tail))
return 1
