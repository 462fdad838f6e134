-- Counts one guess, then compares it. A right guess reserves the code for its attempt.
--
-- KEYS[1]  the challenge
-- ARGV[1]  the id of the code that is guessed at
-- ARGV[2]  the HMAC of the guess
-- ARGV[3]  the attempt
-- ARGV[4]  how long a right guess reserves the code, in milliseconds
-- ARGV[5]  the version that the caller read
-- returns  { outcome, now, version, attempts left, wrong guesses, { field, JSON, … } }, or nil when the
--          challenge is gone; no fields when only this guess has changed it since that version
local key, attempt = KEYS[1], ARGV[3]
local found = redis.call('HMGET', key, 'version', 'code', 'proof', 'look:' .. attempt, 'attemptsRemaining', 'wrongGuesses')
local version, left, wrong = tonumber(found[1]), tonumber(found[5]) or 0, tonumber(found[6]) or 0
if not version then
  return nil
end
local at = now()
local function answer(outcome)
  local fields = found[1] ~= ARGV[5] and redis.call('HGETALL', key) or nil
  return { outcome, at, version, left, wrong, fields }
end

local code = found[2] and cjson.decode(found[2])
if not code or code.id ~= ARGV[1] then
  return answer('superseded')
end
-- The same attempt again: its first answer was lost.
if found[4] then
  return answer('wrong')
end
local proof = found[3] and cjson.decode(found[3])
if proof and proof.codeId == code.id then
  if proof.attemptId == attempt and code.mac == ARGV[2] then
    return answer('right')
  end
  if at < proof.at + tonumber(ARGV[4]) then
    return answer('taken')
  end
end
if at >= code.expiresAt then
  return answer('expired')
end
-- Deletes nothing: a guess too many must not take the code from the right one.
if left <= 0 then
  return answer('exhausted')
end

if code.mac == ARGV[2] then
  -- A right guess costs no attempt: if its answer is lost, none is missing.
  redis.call('HSET', key, 'proof', cjson.encode({ codeId = code.id, attemptId = attempt, at = at }))
  version = redis.call('HINCRBY', key, 'version', 1)
  return answer('right')
end
-- First the command that a role may lack: a refusal then changes nothing.
changed()
left = redis.call('HINCRBY', key, 'attemptsRemaining', -1)
wrong = redis.call('HINCRBY', key, 'wrongGuesses', 1)
version = redis.call('HINCRBY', key, 'version', 1)
redis.call('HSET', key, 'look:' .. attempt, '1')
return answer('wrong')
