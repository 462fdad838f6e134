-- Counts a guess, then compares it, then uses the code up if it was right.
--
-- KEYS[1]  the challenge
-- KEYS[2]  the user's account of wrong guesses
-- ARGV[1]  the id of the code that is guessed at
-- ARGV[2]  what the guess would be kept as
-- ARGV[3]  from how many digits on a code is long
-- ARGV[4]  how many wrong guesses fill the account for short codes; ARGV[5] for long ones
-- returns  { now, { field, JSON, … }, outcome }, or nil when the challenge is gone
local key, account = KEYS[1], KEYS[2]
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

local long = code.length >= tonumber(ARGV[3])
local kind = long and 'long' or 'short'
local limit = tonumber(long and ARGV[5] or ARGV[4])
local charged = redis.call('HGET', account, kind)
-- Lost, with who knows how many wrong guesses on it: a new code brings it back.
if not charged then
  return seen(at, 'superseded')
end
if tonumber(charged) >= limit then
  return seen(at, 'account-full')
end

redis.call('HINCRBY', key, 'attemptsRemaining', -1)
redis.call('HINCRBY', key, 'version', 1)
if code.mac == ARGV[2] then
  redis.call('HDEL', key, 'code')
  return seen(at, 'right')
end
redis.call('HINCRBY', key, 'wrongGuesses', 1)
if long then
  redis.call('HINCRBY', key, 'wrongLongGuesses', 1)
end
redis.call('HINCRBY', account, kind, 1)
return seen(at, 'wrong')
