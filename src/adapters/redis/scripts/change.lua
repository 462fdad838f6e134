-- Replaces fields of a challenge if its version is still the one that the caller read.
--
-- KEYS[1]   the challenge
-- KEYS[2]   the index of the user's challenges
-- ARGV[1]   the version
-- ARGV[2]   how long it must be stored at least from now on, in milliseconds
-- ARGV[3]   how much longer than its life it is stored
-- ARGV[4…]  field, JSON, …; an empty string in place of JSON is null
-- returns   { now, { field, JSON, … } }, 'conflict', or nil when it is gone
local key = KEYS[1]
local version = redis.call('HGET', key, 'version')
if not version then
  return nil
end
if version ~= ARGV[1] then
  return 'conflict'
end

-- First the command that needs memory: a full server refuses here, and nothing changes.
redis.call('HINCRBY', key, 'version', 1)
write(4)
changed()

local at = now()
local life = tonumber(redis.call('HGET', key, 'expiresAt')) - at + tonumber(ARGV[3])
local longest = math.max(tonumber(ARGV[2]), life)
if longest > redis.call('PTTL', key) then
  keep(at, longest)
end
return snapshot(at)
