-- Claims a request for whoever asks first, or tells what became of it.
--
-- KEYS[1]   the request
-- ARGV[1]   which attempt asks
-- ARGV[2]   how long the claim holds, in milliseconds
-- ARGV[3…]  hashes of what is asked, one for each secret, the current one's first
-- returns   { 'begun' }, { 'other-body' }, { 'under-way', milliseconds left } or
--           { 'answered', age in milliseconds, answer }
local kept = redis.call('HMGET', KEYS[1], 'asked', 'answer', 'at')
if not kept[1] then
  redis.call('HSET', KEYS[1], 'asked', ARGV[3], 'by', ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return { 'begun' }
end
local same = false
for i = 3, #ARGV do
  same = same or kept[1] == ARGV[i]
end
if not same then
  return { 'other-body' }
end
if kept[2] then
  return { 'answered', now() - tonumber(kept[3]), kept[2] }
end
return { 'under-way', redis.call('PTTL', KEYS[1]) }
