-- ends.lua - whether both ends of a signal are in the room.
--
-- KEYS[1] the room's leases: a sorted set, "connection|participant" by expiry in ms
-- ARGV[1] the sender's lease, ARGV[2] the connection it is for, or ""
-- Returns "ok", or which end is not there: "from", "to".
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local mine = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not mine or tonumber(mine) <= now then return 'from' end
if ARGV[2] == '' then return 'ok' end
for _, lease in ipairs(redis.call('ZRANGE', KEYS[1], '(' .. string.format('%.0f', now), '+inf', 'BYSCORE')) do
  if string.sub(lease, 1, 22) == ARGV[2] then return 'ok' end
end
return 'to'
