-- Joins the line of a number, or takes it for a call that is placed now. Joins as if it took the line when
-- no other call is there.
--
-- KEYS[1]  the line: its owner, and each code's call: 'waiting', 'placing' or the provider's name
-- ARGV[1]  the owner
-- ARGV[2]  the code
-- ARGV[3]  'join' or 'take'
-- ARGV[4]  how long a call that waits keeps the line, in milliseconds
-- ARGV[5]  how long a call that is placed has it
-- ARGV[6]  an owner whose calls end for this one, or empty
-- returns  { 'busy', how long another owner has it }, { 'joined' }, or { 'taken', names of calls to end… }
local line, owner, call, hold, life = KEYS[1], ARGV[1], 'c:' .. ARGV[2], tonumber(ARGV[4]), tonumber(ARGV[5])
local fields = redis.call('HGETALL', line)
local others = {}
for i = 1, #fields, 2 do
  local field, state = fields[i], fields[i + 1]
  if field == 'owner' and state ~= owner and state ~= ARGV[6] then
    return { 'busy', math.max(1, redis.call('PTTL', line)) }
  end
  if field ~= 'owner' and field ~= call and state ~= 'waiting' then
    others[field] = state
  end
end

local waits = ARGV[3] == 'join' and next(others) ~= nil
redis.call('HSET', line, 'owner', owner, call, waits and 'waiting' or 'placing')
redis.call('PEXPIRE', line, integer(math.max(waits and hold or life, redis.call('PTTL', line))))
if waits then
  return { 'joined' }
end
local answer = { 'taken' }
for field, state in pairs(others) do
  redis.call('HDEL', line, field)
  if state ~= 'placing' then
    table.insert(answer, state)
  end
end
return answer
