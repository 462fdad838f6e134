-- Removes a call from the line of its number. The line is free after its last call.
--
-- KEYS[1]  the line
-- ARGV[1]  the code
redis.call('HDEL', KEYS[1], 'c:' .. ARGV[1])
if redis.call('HLEN', KEYS[1]) <= 1 then
  redis.call('DEL', KEYS[1])
end
