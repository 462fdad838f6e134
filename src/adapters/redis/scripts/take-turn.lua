-- Asks for a turn to place a call. The calls of each organization get the tags 1, 2, 3, … from the
-- current tag on, and the lowest tag is next, so organizations take turns.
--
-- KEYS[1]  who waits: members by tag
-- KEYS[2]  until when each of them waits, in milliseconds
-- KEYS[3]  who has a turn: members by when it comes
-- KEYS[4]  when the next turn is, the tag of the last one, and the last tag of each organization
-- ARGV[1]  the member
-- ARGV[2]  its organization
-- ARGV[3]  the milliseconds between two turns
-- ARGV[4]  how long it waits at most, in milliseconds; 0 for a turn now or none
-- ARGV[5]  a turn this soon, in milliseconds, is granted ahead while nobody waits
-- returns  { 'granted', place the call after }, { 'waiting', ask again after } or { 'refused', room after }
local waiting, ends, granted, state = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local member, organization = ARGV[1], ARGV[2]
local interval, max_wait, soon = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local kept, grace, longest_retry = 60000, 1000, 30000
local at = now()

local function get(field)
  return tonumber(redis.call('HGET', state, field) or '0')
end
local function text(value)
  return string.format('%.3f', value)
end
local known = redis.call('HMGET', state, 'next', 'tag')
local next_at, tag = math.max(tonumber(known[1] or '0'), at - interval), tonumber(known[2] or '0')

-- What `done` writes beside the next turn.
local fields = {}
local function set(field, value)
  fields[#fields + 1], fields[#fields + 2] = field, value
end
local function next_tag()
  return math.max(tag, get('t:' .. organization)) + 1
end
local function grant(one, its_tag, its_time)
  redis.call('ZADD', granted, integer(its_time), one)
  redis.call('ZREMRANGEBYSCORE', granted, '-inf', integer(at - kept))
  redis.call('PEXPIRE', granted, kept)
  tag = math.max(tag, math.floor(its_tag))
  set('last', one)
  set('tag', text(tag))
end
local function leave(one)
  redis.call('ZREM', waiting, one)
  redis.call('ZREM', ends, one)
end
local function done(...)
  redis.call('HSET', state, 'next', text(next_at), unpack(fields))
  redis.call('PEXPIRE', state, kept)
  return { ... }
end

local first = redis.call('ZRANGE', waiting, 0, 0, 'WITHSCORES')
if first[1] then
  -- Drops calls that no longer ask: their replica may have died.
  for _, gone in ipairs(redis.call('ZRANGEBYSCORE', ends, '-inf', integer(at))) do
    leave(gone)
  end
  first = redis.call('ZRANGE', waiting, 0, 0, 'WITHSCORES')
end
while first[1] and next_at <= at do
  grant(first[1], tonumber(first[2]), at)
  leave(first[1])
  next_at = next_at + interval
  first = redis.call('ZRANGE', waiting, 0, 0, 'WITHSCORES')
end
local mine = redis.call('ZSCORE', granted, member)
if mine then
  return done('granted', math.max(0, mine - at))
end

if not first[1] and next_at <= at then
  redis.call('DEL', state)
  tag, next_at = 0, at
end
local left = math.ceil(next_at - at)
if not first[1] and left <= soon then
  local own = next_tag()
  grant(member, own, at + left)
  set('t:' .. organization, text(own))
  next_at = next_at + interval
  return done('granted', left)
end

local ahead = redis.call('ZRANK', waiting, member)
if ahead then
  local wait = math.ceil(next_at - at + ahead * interval)
  local patience = tonumber(redis.call('ZSCORE', ends, member)) - grace - at
  if wait <= patience then
    return done('waiting', wait)
  end
  leave(member)
  return done('refused', wait)
end

local own = next_tag()
ahead = redis.call('ZCOUNT', waiting, '-inf', '(' .. integer(own + 1))
local wait = math.ceil(next_at - at + ahead * interval)
if max_wait == 0 then
  return done('refused', wait)
end
if wait > max_wait then
  -- Each refused call gets a different time, so that they do not all return at once.
  local room = math.max(at + wait - max_wait, get('r:' .. organization) + interval)
  room = math.min(room, at + longest_retry)
  set('r:' .. organization, text(room))
  return done('refused', math.ceil(room - at))
end
set('t:' .. organization, text(own))
-- Equal tags go in the order of arrival.
local order = redis.call('HINCRBY', state, 'order', 1) % 1000000
redis.call('ZADD', waiting, string.format('%.7f', own + order / 10000000), member)
redis.call('ZADD', ends, integer(at + max_wait + grace), member)
redis.call('PEXPIRE', waiting, kept)
redis.call('PEXPIRE', ends, kept)
return done('waiting', wait)
