-- Ends the claim to a request without an answer.
--
-- KEYS[1]   the request
-- ARGV[1]   the attempt; another may have claimed the request since
-- ARGV[2]   how long the first attempt stays known, in milliseconds; 0 to forget it
-- returns   nil
if redis.call('HGET', KEYS[1], 'attempt') ~= ARGV[1] then
  return nil
end
if ARGV[2] == '0' then
  redis.call('DEL', KEYS[1])
else
  redis.call('HDEL', KEYS[1], 'asked', 'attempt')
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return nil
