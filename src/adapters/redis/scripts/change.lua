-- Replaces fields of a challenge if its version is still the one that the caller read.
--
-- KEYS[1]    the challenge
-- KEYS[2…]   budgets of the user
-- ARGV[1]    the version
-- ARGV[2]    how long it is stored from now on, in milliseconds; 0 to leave that as it is
-- ARGV[3]    '1' when screens show the change
-- ARGV[4]    '1' when no guess at an earlier code matters any more
-- ARGV[5…7]  the code, see `stamped`; or empty
-- ARGV[8]    how many arguments are fields
-- ARGV[9…]   field, JSON, …; an empty string in place of JSON is null. Then the members that the budgets
--            get back
-- returns    { 'changed', now }, { 'conflict', now, { field, JSON, … } }, or nil when it is gone
local key, lastField = KEYS[1], 8 + ARGV[8]
local version = redis.call('HMGET', key, 'version')[1]
if not version then
  return nil
end
local at = now()
if version ~= ARGV[1] then
  return { 'conflict', unpack(snapshot(at)) }
end

-- First the command that needs memory: a full server refuses here, and nothing changes.
redis.call('HINCRBY', key, 'version', 1)
if ARGV[4] == '1' then
  forget_looks()
end
write(9, lastField)
if ARGV[5] ~= '' then
  redis.call('HSET', key, 'code', stamped(5, at))
end
if ARGV[3] == '1' then
  changed()
end
if ARGV[2] ~= '0' then
  redis.call('PEXPIREAT', key, integer(at + ARGV[2]))
end
for i = 2, #KEYS do
  redis.call('ZREM', KEYS[i], unpack(ARGV, lastField + 1))
end
return { 'changed', at }
