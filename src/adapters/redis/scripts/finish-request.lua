-- Keeps the answer to a request, or gives the claim to it up.
--
-- KEYS[1]  the request
-- ARGV[1]  which attempt it was; another may have claimed the request since
-- ARGV[2]  how long the answer is kept, in milliseconds
-- ARGV[3]  the answer; an empty string for none
-- returns  nil
if redis.call('HGET', KEYS[1], 'by') ~= ARGV[1] then
  return nil
end
if ARGV[3] == '' then
  redis.call('DEL', KEYS[1])
  return nil
end
redis.call('HSET', KEYS[1], 'answer', ARGV[3], 'at', integer(now()))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return nil
