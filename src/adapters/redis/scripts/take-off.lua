-- Takes wrong guesses off an account that is known here, and keeps it known when none are left.
--
-- KEYS[1]  the account
-- ARGV[1]  how many at short codes; ARGV[2] at long ones
-- returns  nil
local here = redis.call('HMGET', KEYS[1], 'short', 'long')
if not here[1] then
  return nil
end
local short = math.max(0, tonumber(here[1]) - tonumber(ARGV[1]))
local long = math.max(0, tonumber(here[2]) - tonumber(ARGV[2]))
redis.call('HSET', KEYS[1], 'short', short, 'long', long)
return nil
