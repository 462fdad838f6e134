-- Whether this server does all that the service asks of it: the right to every command, and writing.
-- A server that is read-only, full or without replicas refuses the first command that needs memory.
--
-- KEYS[1]  a key of a slot that this server has
-- returns  nil
redis.call('HSET', KEYS[1], 'probe', '1')
redis.call('DEL', KEYS[1])
return nil
