-- Takes every wrong guess off an account that is known here; live codes can still be looked at.
--
-- KEYS[1]  the account
-- returns  nil
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('HSET', KEYS[1], 'short', 0, 'long', 0)
end
return nil
