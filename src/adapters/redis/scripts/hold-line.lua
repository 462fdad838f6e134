-- Joins the line of a number, or takes it for a call that is placed now.
--
-- KEYS[1]  the line: its owner, and each code's call: 'waiting', 'placing' or the provider's name
-- ARGV[1]  the owner
-- ARGV[2]  the code
-- ARGV[3]  'waiting' to join, 'placing' to take
-- ARGV[4]  how long, in milliseconds
-- returns  { how long another owner has it, or 0; then the names of calls to end }
local line, owner, code, stage, life = KEYS[1], ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local holder = redis.call('HGET', line, 'owner')
if holder and holder ~= owner then
  return { math.max(1, redis.call('PTTL', line)) }
end
redis.call('HSET', line, 'owner', owner, 'c:' .. code, stage)
redis.call('PEXPIRE', line, integer(math.max(life, redis.call('PTTL', line))))
local answer = { 0 }
if stage == 'placing' then
  local fields = redis.call('HGETALL', line)
  for i = 1, #fields, 2 do
    local field, state = fields[i], fields[i + 1]
    if field ~= 'owner' and field ~= 'c:' .. code and state ~= 'waiting' then
      redis.call('HDEL', line, field)
      if state ~= 'placing' then
        table.insert(answer, state)
      end
    end
  end
end
return answer
