-- Reads the challenges of a user in one lane that have not ended.
--
-- KEYS[1]  when the user's challenges were started: ids by time
-- ARGV[1]  what stands before an id in the key of a challenge
-- ARGV[2]  the lane, as JSON
-- returns  { now, { { field, JSON, … }, … } }
local at, open = now(), {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local key = ARGV[1] .. id
  local found = redis.call('HMGET', key, 'expiresAt', 'lane', 'outcome')
  if found[1] and found[2] == ARGV[2] and not found[3] and at < tonumber(found[1]) then
    open[#open + 1] = redis.call('HGETALL', key)
  end
end
return { at, open }
