-- Deletes the challenges of a user. Their keys are in the index, and in its slot.
--
-- KEYS[1]  the index
-- returns  nil
for _, key in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  redis.call('DEL', key)
  redis.call('PUBLISH', key, '')
end
redis.call('DEL', KEYS[1])
return nil
