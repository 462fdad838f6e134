-- Deletes the challenges of a user, all in one slot.
--
-- KEYS[1]  when they were started: ids by time
-- ARGV[1]  what stands before an id in the key of a challenge
-- returns  nil
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local key = ARGV[1] .. id
  redis.call('DEL', key)
  redis.call('PUBLISH', key, '')
end
redis.call('DEL', KEYS[1])
return nil
