-- Claims a request for the first attempt, or returns its state.
--
-- KEYS[1]   the request
-- ARGV[1]   the attempt
-- ARGV[2]   how long the claim lasts, in milliseconds
-- ARGV[3…]  hashes of what is asked, one for each secret, the current one's first
-- returns   { 'claimed', the first attempt }, { 'other-body' }, { 'under-way', milliseconds left } or
--           { 'answered', age in milliseconds, answer }
local stored = redis.call('HMGET', KEYS[1], 'asked', 'answer', 'at', 'attempt', 'first', 'firstAsked')
local function isAsked(hash)
  for i = 3, #ARGV do
    if hash == ARGV[i] then
      return true
    end
  end
  return false
end
-- A released claim leaves the first attempt behind.
local first = isAsked(stored[6]) and stored[5] or ARGV[1]
if stored[1] then
  if not isAsked(stored[1]) then
    return { 'other-body' }
  end
  if stored[2] then
    return { 'answered', now() - tonumber(stored[3]), stored[2] }
  end
  -- The reply to its first claim was lost.
  if stored[4] == ARGV[1] then
    return { 'claimed', first }
  end
  return { 'under-way', redis.call('PTTL', KEYS[1]) }
end
redis.call('HSET', KEYS[1], 'asked', ARGV[3], 'attempt', ARGV[1], 'first', first, 'firstAsked', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return { 'claimed', first }
