-- Counts a guess, then compares it, then uses the code up if it was right.
--
-- KEYS[1]  the challenge
-- ARGV[1]  the id of the code that is guessed at
-- ARGV[2]  what the guess would be kept as
-- returns  { now, { field, JSON, … }, outcome }, or nil when the challenge is gone
local key = KEYS[1]
local found = redis.call('HMGET', key, 'version', 'code', 'attemptsRemaining')
if not found[1] then
  return nil
end
local at = now()
local code = found[2] and cjson.decode(found[2])
if not code or code.id ~= ARGV[1] then
  return seen(at, 'superseded')
end
if at >= code.expiresAt then
  return seen(at, 'expired')
end
-- Deletes nothing: a guess too many must not take the code from the one that is right.
if tonumber(found[3]) <= 0 then
  return seen(at, 'exhausted')
end

redis.call('HINCRBY', key, 'attemptsRemaining', -1)
redis.call('HINCRBY', key, 'version', 1)
if code.mac == ARGV[2] then
  redis.call('HDEL', key, 'code')
  return seen(at, 'right')
end
redis.call('HINCRBY', key, 'wrongGuesses', 1)
return seen(at, 'wrong')
