-- Keeps a new challenge, and stamps its times and its first version.
--
-- KEYS[1]   the challenge
-- ARGV[1]   how long it lives, in milliseconds
-- ARGV[2]   how much longer it is kept
-- ARGV[3…]  field, JSON, …; an empty string in place of JSON is null
-- returns   { now, { field, JSON, … } }
local at = now()
local expiresAt = at + tonumber(ARGV[1])
redis.call('HSET', KEYS[1], 'version', '1', 'createdAt', integer(at), 'expiresAt', integer(expiresAt))
write(3)
redis.call('PEXPIREAT', KEYS[1], integer(expiresAt + tonumber(ARGV[2])))
return seen(at)
