-- left.lua - a connection's socket has closed: unless it has opened another, its lease ends soon.
--
-- KEYS[1] the room's leases: a sorted set, "connection|participant" by expiry in ms and parts of it
-- KEYS[2] the connection's socket: which one it opened last
-- KEYS[3] present while the room's sweep has been asked for
-- ARGV[1] the lease
-- ARGV[2] the socket that has closed
-- ARGV[3] milliseconds that the lease lasts from now at most
-- Returns 1 where the lease ends soon now and a sweep is to be asked for, 0 where there is nothing to do: of a thousand who
-- leave at once one asks, and that sweep sees whose lease ends after it.
if redis.call('GET', KEYS[2]) ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[2])

local time = redis.call('TIME')
local soon = time[1] * 1000 + time[2] / 1000 + tonumber(ARGV[3])
local lease = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not lease then return 0 end
if tonumber(lease) > soon then redis.call('ZADD', KEYS[1], soon, ARGV[1]) end
return redis.call('SET', KEYS[3], 1, 'NX', 'PX', ARGV[3]) and 1 or 0
