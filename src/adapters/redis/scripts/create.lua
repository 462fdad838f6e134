-- Keeps a new challenge, and stamps its times and its first version; one that is there stays as it is.
--
-- KEYS[1]   the challenge
-- KEYS[2]   the index of the user's challenges
-- ARGV[1]   how long it lives, in milliseconds
-- ARGV[2]   how much longer it is stored
-- ARGV[3…]  field, JSON, …; an empty string in place of JSON is null
-- returns   { now, { field, JSON, … } }
local at = now()
local known = redis.call('HGET', KEYS[1], 'expiresAt')
if known and at < tonumber(known) then
  return snapshot(at)
elseif known then
  redis.call('DEL', KEYS[1])
end
local expiresAt = at + tonumber(ARGV[1])
redis.call('HSET', KEYS[1], 'version', '1', 'createdAt', integer(at), 'expiresAt', integer(expiresAt))
write(3)
keep(at, tonumber(ARGV[1]) + tonumber(ARGV[2]))
return snapshot(at)
