-- Removes the result of a challenge. What is left is written anew: without its large fields it needs a
-- third of the memory then.
--
-- KEYS[1]  the challenge
-- ARGV[1]  the attempt that redeemed the result, as JSON
-- returns  nil
local key = KEYS[1]
local life = redis.call('PTTL', key)
if life < 0 then
  return nil
end
-- First the command that needs memory: a full server refuses here, and nothing changes.
redis.call('HINCRBY', key, 'version', 1)
redis.call('HSET', key, 'redeemedBy', ARGV[1])
if redis.call('HDEL', key, 'approval', 'verified') > 0 then
  local fields = redis.call('HGETALL', key)
  redis.call('DEL', key)
  redis.call('HSET', key, unpack(fields))
  redis.call('PEXPIRE', key, life)
end
changed()
return nil
