-- append.lua - the one place where an edit becomes part of a document.
--
-- KEYS  1 log stream   2 clients (client id -> participant)   3 clocks (client id -> what the log has)
--       4 the room's leases   5 the room's members   6 what is there once the session has ended
-- ARGV  1 participant   2 now, ms   3 'update' or 'resync'   4 the update, or ''   5 what it weighs (docs.h)
--       6 jumps: structs that have to look for their place; 0 where somebody has tried them
--       7 subject   8 its entry among the members, or '' where that was asked for   9 whether the room has ended
--       10 n, then n * (client, start, end): what the update holds of each client, [start, end)
--       m, then m * (client, clock): what it refers to, up to clock
--       then the client ids that awareness in the same request speaks for
--
-- A clock is 'next', or 'next,start-end,...;till;since;bytes': the log has [0, next) and, since a predecessor is still on
-- its way, some later pieces; it waits for [next, till) since a time, with so many bytes. Only what its author's own
-- requests overtook may wait, since nobody else can refer to what was not stored before. Answers
--   {'who'}                             the participant may not be what it was taken for: ask
--   {'ok', entries, weight of the tail} stored, or nothing in it was new
--   {'rebuild'}                         the clocks are not in Redis: rebuild.lua first, then again
--   {'known', client, next, ...}        partly known: cut the update at these clocks and send it again
--   {'weigh'}                           it may take long to integrate: try it on the document, then again
--   {'foreign', client}                 the client id belongs to somebody else
--   {'gap', client, next}               what is missing in front of it may not be waited for: too much, too long, not one's own
--   {'clients'} {'full'}                too many client ids, or bytes; or the document has become too slow to load
--   {'crowded'}                         no room before the tail has been compacted
-- and only 'ok' has changed anything. Runs for every keystroke: what a keystroke does not need is below it.

local MOST_CLIENTS, MOST_PIECES, MOST_GAP = 4096, 8, 65536
local MOST_WAITING, MOST_WAIT_MS = 262144, 30000 -- bytes of all that waits in a document; of one client's
local MOST_STEPS = 4194304
-- What has to be loaded to read the document: its checkpoint, and what its tail weighs, which is no less than what a checkpoint of
-- both can be. A worker does so in some hundred MiB. And the bytes of the log of its whole life: an hour of two people is about 3 MiB.
local MOST_LOADED, MOST_LOG = 8388608, 67108864

if ARGV[8] ~= '' then
  local is = redis.call('HMGET', KEYS[5], ARGV[7], 'ended')
  if is[1] ~= ARGV[8] or is[2] ~= ARGV[9] or redis.call('EXISTS', KEYS[6]) == 1 then return {'who'} end
end

local participant, now, kind, update, n = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], tonumber(ARGV[10])
local weight = tonumber(ARGV[5])
local ids, starts, ends = {}, {}, {}
for i = 1, n do
  ids[i], starts[i], ends[i] = ARGV[8 + 3 * i], tonumber(ARGV[9 + 3 * i]), tonumber(ARGV[10 + 3 * i])
end
local at = 11 + 3 * n
local m = tonumber(ARGV[at])
for i = at + 2 * m + 1, #ARGV do ids[#ids + 1] = ARGV[i] end
local needed = {}
for i = 1, m do needed[i] = ARGV[at - 1 + 2 * i] end

local clocks = redis.call('HMGET', KEYS[3], 'tail', 'bytes', 'waiting', 'slow', 'state', unpack(ids))
if not clocks[1] then return {'rebuild'} end
local owners = #ids > 0 and redis.call('HMGET', KEYS[2], unpack(ids)) or {}
local bytes = (tonumber(clocks[2]) or 0) + #update
local waiting = tonumber(clocks[3]) or 0
local tail, state = tonumber(clocks[1]), tonumber(clocks[5]) or 0

local function connected(owner)
  for _, lease in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], ARGV[2], '+inf')) do
    if lease:sub(-#owner - 1) == '|' .. owner then return true end
  end
  return false
end

local function clock_read(text)
  local till, since, held = text:match(';(%d+);(%d+);(%d+)')
  local c = {next = tonumber(text:match('^%d+')), pieces = {}, till = tonumber(till) or 0, since = tonumber(since), bytes = tonumber(held) or 0}
  for a, b in text:gmatch(',(%d+)-(%d+)') do c.pieces[#c.pieces + 1] = {tonumber(a), tonumber(b)} end
  return c
end

-- What has come ends the waiting.
local function clock_write(c)
  local parts = {string.format('%.0f', c.next)}
  for _, p in ipairs(c.pieces) do parts[#parts + 1] = string.format('%.0f-%.0f', p[1], p[2]) end
  local text = table.concat(parts, ',')
  if #c.pieces > 0 or c.next < c.till then return string.format('%s;%.0f;%.0f;%.0f', text, c.till, c.since, c.bytes) end
  waiting = waiting - c.bytes
  return text
end

-- The piece [a, b) arrived: moves next over everything that now connects.
local function clock_add(c, a, b)
  local pieces, rest = c.pieces, {}
  pieces[#pieces + 1] = {a, b}
  table.sort(pieces, function(x, y) return x[1] < y[1] end)
  for _, p in ipairs(pieces) do
    if p[1] <= c.next then c.next = math.max(c.next, p[2])
    elseif #rest > 0 and p[1] <= rest[#rest][2] then rest[#rest][2] = math.max(rest[#rest][2], p[2])
    else rest[#rest + 1] = p end
  end
  c.pieces = rest
end

-- The update waits for the client's clock to reach `till`; false where that is too much.
local function wait(c, till)
  c.since = c.since or now
  c.till = math.max(c.till, till)
  c.bytes = c.bytes + #update
  waiting = waiting + #update
  return till <= c.next + MOST_GAP and #c.pieces <= MOST_PIECES and now - c.since <= MOST_WAIT_MS and waiting <= MOST_WAITING
end

local bind, known = {}, {}
local moved = {} -- clocks as this update leaves them

for i = 1, #ids do
  local client, owner, first, last = ids[i], owners[i], starts[i], ends[i]
  local text = moved[client] or clocks[i + 5] or '0'
  local next, clock = tonumber(text), nil
  if not next then
    clock = clock_read(text)
    next = clock.next
  end

  if first and last <= next then
    known[#known + 1] = client
    known[#known + 1] = string.format('%.0f', next)
  else
    -- A stranger's client id may be taken; one's own used; another's only resent for it while it is away.
    if not owner then
      if kind == 'update' or not first then bind[#bind + 1] = client end
    elseif owner ~= participant and (kind ~= 'resync' or not first or connected(owner)) then
      return {'foreign', client}
    end
    if first then
      if first == next and not clock then
        moved[client] = string.format('%.0f', last)
      elseif first < next then
        known[#known + 1] = client
        known[#known + 1] = string.format('%.0f', next)
      else
        clock = clock or clock_read(text)
        clock_add(clock, first, last)
        if first > next and not wait(clock, first) then return {'gap', client, string.format('%.0f', next)} end
        moved[client] = clock_write(clock)
      end
    end
  end
end
if #known > 0 then
  table.insert(known, 1, 'known')
  return known
end

-- What it refers to is there, or is one's own and on its way: a delete that overtook what it deletes.
local there = m > 0 and redis.call('HMGET', KEYS[3], unpack(needed)) or {}
for i = 1, m do
  local client, till = needed[i], tonumber(ARGV[at + 2 * i])
  local text = moved[client] or there[i] or '0'
  if (tonumber(text) or tonumber(text:match('^%d+'))) < till then
    local clock = clock_read(text)
    local owner = redis.call('HGET', KEYS[2], client)
    if owner ~= participant or not wait(clock, till) then return {'gap', client, string.format('%.0f', clock.next)} end
    moved[client] = clock_write(clock)
  end
end
if #bind > 0 and redis.call('HLEN', KEYS[2]) + #bind > MOST_CLIENTS then return {'clients'} end
if update ~= '' then
  if clocks[4] or bytes > MOST_LOG or state + weight > MOST_LOADED then return {'full'} end
  if state + tail + weight > MOST_LOADED then return {'crowded'} end
end
-- A struct takes at least eight bytes of log: so many may stand where one looks for its place.
if tonumber(ARGV[6]) * bytes / 8 > MOST_STEPS then return {'weigh'} end

for _, client in ipairs(bind) do redis.call('HSET', KEYS[2], client, participant) end
if update == '' then return {'ok', redis.call('XLEN', KEYS[1]), tail} end
tail = tail + weight
local write = {'bytes', string.format('%.0f', bytes), 'tail', string.format('%.0f', tail)}
if waiting ~= (tonumber(clocks[3]) or 0) then write[5], write[6] = 'waiting', string.format('%.0f', math.max(waiting, 0)) end
for client, text in pairs(moved) do
  write[#write + 1] = client
  write[#write + 1] = text
end
redis.call('HSET', KEYS[3], unpack(write))
redis.call('XADD', KEYS[1], '*', 'p', participant, 'u', update, 'w', ARGV[5])
return {'ok', redis.call('XLEN', KEYS[1]), tail}
