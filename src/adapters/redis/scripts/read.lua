-- KEYS[1]  the challenge
-- returns  { now, { field, JSON, … } }, or nil when it is gone
if redis.call('EXISTS', KEYS[1]) == 0 then
  return nil
end
return snapshot(now())
