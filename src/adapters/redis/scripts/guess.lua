-- Counts a guess, then compares it, then keeps everyone else from the code if it was right.
--
-- KEYS[1]  the challenge
-- KEYS[2]  the user's account of wrong guesses
-- ARGV[1]  the id of the code that is guessed at
-- ARGV[2]  what the guess would be kept as
-- ARGV[3]  from how many digits on a code is long
-- ARGV[4]  how many wrong guesses fill the account for short codes; ARGV[5] for long ones
-- ARGV[6]  which attempt this is
-- ARGV[7]  how long a right guess keeps the code to itself, in milliseconds
-- returns  { now, { field, JSON, … }, outcome }, or nil when the challenge is gone
local key, account = KEYS[1], KEYS[2]
local found = redis.call('HMGET', key, 'version', 'code', 'attemptsRemaining', 'proof')
if not found[1] then
  return nil
end
local at = now()
local code = found[2] and cjson.decode(found[2])
if not code or code.id ~= ARGV[1] then
  return seen(at, 'superseded')
end
local proof = found[4] and cjson.decode(found[4])
if proof and proof.codeId == code.id then
  -- The reply to it was lost: the same attempt has come again.
  if proof.by == ARGV[6] and code.mac == ARGV[2] then
    return seen(at, 'right')
  end
  if at < proof.at + tonumber(ARGV[7]) then
    return seen(at, 'taken')
  end
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
  -- Whoever knows the code needs no attempts; should the reply be lost, none is missing.
  redis.call('HINCRBY', key, 'attemptsRemaining', 1)
  redis.call('HSET', key, 'proof', cjson.encode({ codeId = code.id, by = ARGV[6], at = at }))
  return seen(at, 'right')
end
redis.call('HINCRBY', key, 'wrongGuesses', 1)
changed()
if long then
  redis.call('HINCRBY', key, 'wrongLongGuesses', 1)
end
redis.call('HINCRBY', account, kind, 1)
return seen(at, 'wrong')
