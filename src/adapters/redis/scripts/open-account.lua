-- Makes a user's account of wrong guesses known, never lower than it is here already.
--
-- KEYS[1]  the account
-- ARGV[1]  how long it is kept, in milliseconds
-- ARGV[2]  how many wrong guesses at short codes there are at least; ARGV[3] at long ones
-- returns  { short, long } as it now stands
local here = redis.call('HMGET', KEYS[1], 'short', 'long')
local short = math.max(tonumber(here[1] or 0), tonumber(ARGV[2]))
local long = math.max(tonumber(here[2] or 0), tonumber(ARGV[3]))
redis.call('HSET', KEYS[1], 'short', short, 'long', long)
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return { short, long }
