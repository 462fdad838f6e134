-- Checks that this server allows every command of the service, and takes writes.
-- A server that is read-only, full or without replicas refuses the first command that needs memory.
--
-- KEYS[1]  a key in a slot of this server
-- returns  nil
redis.call('HSET', KEYS[1], 'probe', '1')
redis.call('DEL', KEYS[1])
return nil
