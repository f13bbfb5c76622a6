-- append.lua - the one place where an edit becomes part of a document.
--
-- KEYS  1 log stream   2 clients (client id -> participant)   3 clocks (client id -> what the log has)
--       4 the room's leases
-- ARGV  1 participant   2 now, ms   3 'update' or 'resync'   4 the update, or ''   5 most bytes a document's log may have
--       6 n, then n * (client, start, end): what the update holds of each client, [start, end)
--       then the client ids that awareness in the same request speaks for
--
-- A clock is 'next' or 'next,start-end,...': the log has [0, next) and, where a predecessor is still
-- on its way, some later pieces. Answers
--   {'ok', length of the log}           stored, or nothing in it was new
--   {'rebuild'}                         the clocks are not in Redis: rebuild.lua first, then again
--   {'known', client, next, ...}        partly known: cut the update at these clocks and send it again
--   {'foreign', client}                 the client id belongs to somebody else
--   {'gap', client, next}               more is missing in front of it than a window of requests explains
--   {'clients'} {'full'}                too many client ids, or bytes
-- and only 'ok' has changed anything. Runs for every keystroke: what a keystroke does not need is below it.

local MOST_CLIENTS, MOST_PIECES, MOST_GAP = 4096, 8, 65536

local participant, kind, update, n = ARGV[1], ARGV[3], ARGV[4], tonumber(ARGV[6])
local ids, starts, ends = {}, {}, {}
for i = 1, n do
  ids[i], starts[i], ends[i] = ARGV[4 + 3 * i], tonumber(ARGV[5 + 3 * i]), tonumber(ARGV[6 + 3 * i])
end
for i = 7 + 3 * n, #ARGV do ids[#ids + 1] = ARGV[i] end

local clocks = redis.call('HMGET', KEYS[3], 'ready', 'bytes', unpack(ids))
if not clocks[1] then return {'rebuild'} end
local owners = #ids > 0 and redis.call('HMGET', KEYS[2], unpack(ids)) or {}

local function connected(owner)
  for _, lease in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], ARGV[2], '+inf')) do
    if lease:sub(-#owner - 1) == '|' .. owner then return true end
  end
  return false
end

-- 'next,a-b,c-d' -> next, {{a, b}, {c, d}}
local function clock_read(text)
  local pieces = {}
  for a, b in text:gmatch(',(%d+)-(%d+)') do pieces[#pieces + 1] = {tonumber(a), tonumber(b)} end
  return tonumber(text:match('^%d+')), pieces
end

local function clock_write(next, pieces)
  local parts = {string.format('%.0f', next)}
  for _, p in ipairs(pieces) do parts[#parts + 1] = string.format('%.0f-%.0f', p[1], p[2]) end
  return table.concat(parts, ',')
end

-- The piece [a, b) arrived: moves next over everything that now connects.
local function clock_add(next, pieces, a, b)
  pieces[#pieces + 1] = {a, b}
  table.sort(pieces, function(x, y) return x[1] < y[1] end)
  local rest = {}
  for _, p in ipairs(pieces) do
    if p[1] <= next then next = math.max(next, p[2])
    elseif #rest > 0 and p[1] <= rest[#rest][2] then rest[#rest][2] = math.max(rest[#rest][2], p[2])
    else rest[#rest + 1] = p end
  end
  return next, rest
end

local write, bind, known = {}, {}, {}
local seen = {} -- clocks moved by an earlier range of the same update

for i = 1, #ids do
  local client, owner, first, last = ids[i], owners[i], starts[i], ends[i]
  local text = seen[client] or clocks[i + 2] or '0'
  local next, pieces = tonumber(text), nil
  if not next then next, pieces = clock_read(text) end

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
      if first == next and not pieces then
        seen[client] = string.format('%.0f', last)
      elseif first < next then
        known[#known + 1] = client
        known[#known + 1] = string.format('%.0f', next)
      else
        if first > next + MOST_GAP then return {'gap', client, string.format('%.0f', next)} end
        next, pieces = clock_add(next, pieces or {}, first, last)
        if #pieces > MOST_PIECES then return {'gap', client, string.format('%.0f', next)} end
        seen[client] = clock_write(next, pieces)
      end
      write[#write + 1] = client
      write[#write + 1] = seen[client]
    end
  end
end
if #known > 0 then
  table.insert(known, 1, 'known')
  return known
end
if #bind > 0 and redis.call('HLEN', KEYS[2]) + #bind > MOST_CLIENTS then return {'clients'} end
local bytes = (tonumber(clocks[2]) or 0) + #update
if bytes > tonumber(ARGV[5]) then return {'full'} end

for _, client in ipairs(bind) do redis.call('HSET', KEYS[2], client, participant) end
if update == '' then return {'ok', redis.call('XLEN', KEYS[1])} end
redis.call('HSET', KEYS[3], 'bytes', string.format('%.0f', bytes), unpack(write))
redis.call('XADD', KEYS[1], '*', 'p', participant, 'u', update)
return {'ok', redis.call('XLEN', KEYS[1])}
