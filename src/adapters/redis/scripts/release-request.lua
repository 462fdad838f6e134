-- Ends the claim to a request without an answer.
--
-- KEYS[1]  the request
-- ARGV[1]  the attempt; another may have claimed the request since
-- returns  nil
if redis.call('HGET', KEYS[1], 'attempt') == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
return nil
