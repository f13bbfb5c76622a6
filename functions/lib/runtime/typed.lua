-- typed.lua - adds to what a program has not read yet, unless that is too much or has ended.
--
-- KEYS  1 the stream
-- ARGV  1 text   2 participant   3 '', 'end' or 'size'  4 most entries   5 most bytes
--       6 its life, s
-- Answers 'ok', 'full' or 'ended'; only 'ok' has changed anything.

local waiting, bytes = redis.call('XRANGE', KEYS[1], '-', '+'), #ARGV[1]

for _, entry in ipairs(waiting) do
  local fields = entry[2]
  if fields[6] == 'end' then return 'ended' end
  bytes = bytes + #fields[2]
end
if #waiting >= tonumber(ARGV[4]) or bytes > tonumber(ARGV[5]) then return 'full' end

redis.call('XADD', KEYS[1], '*', 'd', ARGV[1], 'p', ARGV[2], 'k', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[6])
return 'ok'
