-- Takes one from a budget with a sliding window if there is room, or only asks.
--
-- KEYS[1]  what was taken: members by time, in milliseconds
-- ARGV[1]  the limit within the window
-- ARGV[2]  the window, in milliseconds
-- ARGV[3]  the member; one that is there already takes nothing more
-- ARGV[4]  '1' to take, '0' to ask
-- returns  { how long until there is room, whether it was taken now: 1 or 0 }
local key, limit, member = KEYS[1], tonumber(ARGV[1]), ARGV[3]
local at = now()
local gone = at - tonumber(ARGV[2])
local own = redis.call('ZSCORE', key, member)
if own and tonumber(own) > gone then
  return { 0, 0 }
end
-- Counts from the newest, which is right even after the limit was lowered.
local last = redis.call('ZRANGE', key, limit - 1, limit - 1, 'REV', 'WITHSCORES')[2]
if last and tonumber(last) > gone then
  return { tonumber(last) - gone, 0 }
end
if ARGV[4] == '0' then
  return { 0, 0 }
end

-- First the command that needs memory: a full server refuses here, and nothing changes.
redis.call('ZADD', key, integer(at), member)
redis.call('ZREMRANGEBYSCORE', key, '-inf', integer(gone))
redis.call('PEXPIRE', key, ARGV[2])
return { 0, 1 }
