-- Removes all that is kept of a user. The challenges' keys are in the index only, all in its slot.
--
-- KEYS[1]  the index
-- returns  nil
for _, key in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  redis.call('DEL', key)
  redis.call('PUBLISH', key, '')
end
redis.call('DEL', KEYS[1])
return nil
