-- Removes all that is kept of a user. The challenges' keys are in the index only, all in its slot.
--
-- KEYS[1]  the index
-- KEYS[2]  the account of wrong guesses; the next code brings it back from where it outlives this
-- returns  nil
for _, key in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  redis.call('DEL', key)
  redis.call('PUBLISH', key, '')
end
redis.call('DEL', KEYS[1], KEYS[2])
return nil
