-- members.lua: remembers what PostgreSQL said about a member of a room, unless that changed meanwhile.
-- KEYS[1] room:{room}:members
-- ARGV[1] subject, ARGV[2] the mark that the asker left before it asked, ARGV[3] the entry, ARGV[4] ended: 0 or 1
-- A change deletes the key and the mark with it, so an answer that was read before the change is not kept.
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3], 'ended', ARGV[4])
return 1
