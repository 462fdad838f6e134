-- Stores a new challenge, perhaps with a code in play, and takes what both cost of the user's budgets: all
-- of this, or nothing. A challenge that is there stays as it is.
--
-- KEYS[1]    the challenge
-- KEYS[2]    when the user's challenges were started: ids by time
-- KEYS[3…]   budgets of the user; the first ones limit how many challenges are started
-- ARGV[1]    how long it lives, in milliseconds
-- ARGV[2]    how long it is stored, in milliseconds
-- ARGV[3]    its id
-- ARGV[4]    the member that the budgets take
-- ARGV[5…7]  the code, see `stamped`; or empty
-- ARGV[8]    how many of KEYS[3…] limit the starts: they take the id
-- ARGV[9…]   the windows of KEYS[2…], see `room`; then field, JSON, …
-- returns    { 'created', now }, { 'known', now, { field, JSON, … } }, or { 'starts' or 'codes', how long
--            until there is room }
local key, id = KEYS[1], ARGV[3]
local at = now()
local known = redis.call('HMGET', key, 'expiresAt')[1]
if known and at < tonumber(known) then
  return { 'known', unpack(snapshot(at)) }
end

local codes = 3 + ARGV[8]
local function longest_wait(first, last)
  local wait = 0
  for i = first, last do
    wait = math.max(wait, room(KEYS[i], ARGV[7 + i], at))
  end
  return wait
end
local wait = longest_wait(2, codes - 1)
if wait > 0 then
  return { 'starts', wait }
end
wait = longest_wait(codes, #KEYS)
if wait > 0 then
  return { 'codes', wait }
end

if known then
  redis.call('DEL', key)
end
local fields = { unpack(ARGV, 8 + #KEYS) }
if ARGV[5] ~= '' then
  table.insert(fields, 'code')
  table.insert(fields, stamped(5, at))
end
local expiresAt = integer(at + ARGV[1])
-- First the command that needs memory: a full server refuses here, and nothing changes.
redis.call('HSET', key, 'version', '1', 'createdAt', integer(at), 'expiresAt', expiresAt, unpack(fields))
redis.call('PEXPIREAT', key, integer(at + ARGV[2]))
for i = 2, #KEYS do
  take(KEYS[i], ARGV[7 + i], i < codes and id or ARGV[4], at)
end
return { 'created', at }
