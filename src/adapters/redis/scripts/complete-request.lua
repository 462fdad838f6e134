-- Stores the answer to a request; the oldest answers of the same challenge make room for it.
--
-- KEYS[1]  the request
-- KEYS[2]  the answers of the challenge: request, 'time size', …
-- ARGV[1]  the attempt; another may have claimed the request since
-- ARGV[2]  how long the answer is stored, in milliseconds
-- ARGV[3]  the answer
-- ARGV[4]  how many answers there may be; 0 for no limit, and then KEYS[2] stays empty
-- ARGV[5]  how many bytes they may have together
-- returns  nil
if redis.call('HGET', KEYS[1], 'attempt') ~= ARGV[1] then
  return nil
end
local at, life = now(), tonumber(ARGV[2])
redis.call('HSET', KEYS[1], 'answer', ARGV[3], 'at', integer(at))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local maxNumber, maxBytes = tonumber(ARGV[4]), tonumber(ARGV[5])
if maxNumber == 0 then
  return nil
end
redis.call('HSET', KEYS[2], KEYS[1], integer(at) .. ' ' .. #ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[2])

local answers, bytes = {}, #ARGV[3]
local fields = redis.call('HGETALL', KEYS[2])
for i = 1, #fields, 2 do
  if fields[i] ~= KEYS[1] then
    local since, size = string.match(fields[i + 1], '^(%d+) (%d+)$')
    answers[#answers + 1] = { key = fields[i], at = tonumber(since), size = tonumber(size) }
    bytes = bytes + tonumber(size)
  end
end
table.sort(answers, function(a, b)
  return a.at < b.at
end)
local number = #answers + 1
for _, answer in ipairs(answers) do
  if number > maxNumber or bytes > maxBytes or answer.at + life <= at then
    redis.call('DEL', answer.key)
    redis.call('HDEL', KEYS[2], answer.key)
    number, bytes = number - 1, bytes - answer.size
  end
end
return nil
