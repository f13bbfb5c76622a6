-- rebuild.lua - puts clocks and bindings back that Redis lost or let expire; nothing if they are there.
--
-- KEYS  1 clients   2 clocks
-- ARGV  1 bytes of the log so far   2 bytes of the checkpoint   3 weight of the tail   4 seconds to keep
--       5 n, then n * (client, clock as append.lua writes it), then m * (client, participant)
--
-- Safe against appends meanwhile: append.lua refuses to store before `tail` is set, and this sets
-- everything in one step, so what the caller has read of the log is all of it.
if redis.call('HEXISTS', KEYS[2], 'tail') == 1 then return 0 end
local n = tonumber(ARGV[5])
for i = 0, n - 1 do redis.call('HSET', KEYS[2], ARGV[6 + 2 * i], ARGV[7 + 2 * i]) end
for i = 6 + 2 * n, #ARGV, 2 do redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('HSET', KEYS[2], 'bytes', ARGV[1], 'state', ARGV[2], 'tail', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return 1
