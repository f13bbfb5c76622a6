-- presence.lua - leases of connections in a room.
--
-- KEYS[1] the room's leases: a sorted set, "connection|participant" by expiry in ms and parts of it
-- KEYS[2] the connection's socket: which one of events it opened last
-- ARGV[1] participant
-- ARGV[2] connection, or "" for all of the participant's
-- ARGV[3] milliseconds the lease shall last from now, or 0: it is given up
-- ARGV[4] leases a participant may hold: beyond them its oldest goes
-- ARGV[5] the socket that it has opened now, or ""
-- Returns {'taken'}: the connection is another participant's;
-- {'same' or 'changed', participant, ...}: whether the set of participants changed, and who is in it now.
local key, me, connection, lasts = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local time = redis.call('TIME')
-- To the microsecond: of two leases in one millisecond the older one is still the older one.
local now = time[1] * 1000 + time[2] / 1000

local function people()
  local seen, list = {}, {}
  for _, lease in ipairs(redis.call('ZRANGE', key, 0, -1)) do
    local p = string.sub(lease, 24)
    if not seen[p] then
      seen[p] = true
      list[#list + 1] = p
    end
  end
  table.sort(list)
  return list
end

local before = table.concat(people(), ',')
redis.call('ZREMRANGEBYSCORE', key, '-inf', now)

local mine = {}
for _, lease in ipairs(redis.call('ZRANGE', key, 0, -1)) do
  local c, p = string.sub(lease, 1, 22), string.sub(lease, 24)
  if p == me then
    mine[#mine + 1] = lease
    if lasts == 0 and connection == '' then redis.call('ZREM', key, lease) end
  elseif c == connection then
    return { 'taken' }
  end
end

if connection ~= '' then
  local lease = connection .. '|' .. me
  if lasts == 0 then
    redis.call('ZREM', key, lease)
    redis.call('DEL', KEYS[2])
  else
    if #mine >= tonumber(ARGV[4]) and not redis.call('ZSCORE', key, lease) then
      redis.call('ZREM', key, mine[1])
    end
    redis.call('ZADD', key, now + lasts, lease)
    redis.call('PEXPIRE', key, 3600000)
    if ARGV[5] ~= '' then
      redis.call('SET', KEYS[2], ARGV[5], 'PX', lasts)
    else
      redis.call('PEXPIRE', KEYS[2], lasts)
    end
  end
end

local after = people()
table.insert(after, 1, table.concat(after, ',') == before and 'same' or 'changed')
return after
