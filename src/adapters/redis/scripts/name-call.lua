-- Stores the provider's name of a call.
--
-- KEYS[1]  the line of its number
-- ARGV[1]  the code
-- ARGV[2]  the name
-- returns  1; 0 when the call has left the line
if redis.call('HEXISTS', KEYS[1], 'c:' .. ARGV[1]) == 0 then
  return 0
end
redis.call('HSET', KEYS[1], 'c:' .. ARGV[1], ARGV[2])
return 1
