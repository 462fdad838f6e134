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
redis.call('HINCRBY', key, 'version', 1)
redis.call('HSET', key, 'redeemedBy', ARGV[1])
if redis.call('HDEL', key, 'approval') == 1 then
  redis.call('HDEL', key, 'verified')
  local fields = redis.call('HGETALL', key)
  redis.call('DEL', key)
  redis.call('HSET', key, unpack(fields))
  redis.call('PEXPIRE', key, life)
end
changed()
return nil
