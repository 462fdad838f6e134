-- Counts one guess, then compares it. A right guess reserves the code for its attempt.
--
-- KEYS[1]  the challenge
-- ARGV[1]  the id of the code that is guessed at
-- ARGV[2]  the HMAC of the guess
-- ARGV[3]  the attempt
-- ARGV[4]  how long a right guess reserves the code, in milliseconds
-- returns  { now, { field, JSON, … }, outcome }, or nil when the challenge is gone
local key, attempt = KEYS[1], ARGV[3]
local found = redis.call('HMGET', key, 'version', 'code', 'attemptsRemaining', 'proof', 'look:' .. attempt)
if not found[1] then
  return nil
end
local at = now()
local code = found[2] and cjson.decode(found[2])
if not code or code.id ~= ARGV[1] then
  return snapshot(at, 'superseded')
end
-- The same attempt again: its first answer was lost.
if found[5] then
  return snapshot(at, 'wrong')
end
local proof = found[4] and cjson.decode(found[4])
if proof and proof.codeId == code.id then
  if proof.attemptId == attempt and code.mac == ARGV[2] then
    return snapshot(at, 'right')
  end
  if at < proof.at + tonumber(ARGV[4]) then
    return snapshot(at, 'taken')
  end
end
if at >= code.expiresAt then
  return snapshot(at, 'expired')
end
-- Deletes nothing: a guess too many must not take the code from the right one.
if tonumber(found[3]) <= 0 then
  return snapshot(at, 'exhausted')
end

if code.mac == ARGV[2] then
  -- A right guess costs no attempt: if its answer is lost, none is missing.
  redis.call('HSET', key, 'proof', cjson.encode({ codeId = code.id, attemptId = attempt, at = at }))
  redis.call('HINCRBY', key, 'version', 1)
  return snapshot(at, 'right')
end
-- First the command that a role may lack: a refusal then changes nothing.
changed()
redis.call('HINCRBY', key, 'attemptsRemaining', -1)
redis.call('HINCRBY', key, 'wrongGuesses', 1)
redis.call('HINCRBY', key, 'version', 1)
redis.call('HSET', key, 'look:' .. attempt, '1')
return snapshot(at, 'wrong')
