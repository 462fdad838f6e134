-- Removes a call that waits, or gives back its turn when no later one was granted.
--
-- KEYS     as in take-turn.lua
-- ARGV[1]  the member
-- ARGV[2]  the milliseconds between two turns
local waiting, ends, granted, state = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local member, interval = ARGV[1], tonumber(ARGV[2])
redis.call('ZREM', waiting, member)
redis.call('ZREM', ends, member)
local had_turn = redis.call('ZREM', granted, member) == 1
if had_turn and redis.call('HGET', state, 'last') == member then
  local next_at = tonumber(redis.call('HGET', state, 'next')) - interval
  redis.call('HSET', state, 'next', string.format('%.3f', next_at), 'last', '')
end
