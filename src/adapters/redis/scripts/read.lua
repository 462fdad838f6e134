-- KEYS[1]  the challenge
-- returns  { now, { field, JSON, … } }, or nil when it is gone
local fields = redis.call('HGETALL', KEYS[1])
if #fields == 0 then
  return nil
end
return { now(), fields }
