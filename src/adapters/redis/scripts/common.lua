-- Each script gets those functions that it uses: the clock, and how fields are written and read.

-- Milliseconds since 1970 by the clock of this server, whole.
local function now()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- A number as JSON: Lua itself may write 1.7e+12.
local function integer(number)
  return string.format('%.0f', number)
end

-- Field, JSON, field, JSON, … from ARGV[first] on; an empty string in place of JSON is null.
local function write(first)
  local set, gone = {}, {}
  for i = first, #ARGV, 2 do
    if ARGV[i + 1] == '' then
      gone[#gone + 1] = ARGV[i]
    else
      set[#set + 1] = ARGV[i]
      set[#set + 1] = ARGV[i + 1]
    end
  end
  if #set > 0 then
    redis.call('HSET', KEYS[1], unpack(set))
  end
  if #gone > 0 then
    redis.call('HDEL', KEYS[1], unpack(gone))
  end
end

-- Sets how long the challenge, KEYS[1], lives, also in the index of its user, KEYS[2]. Removes
-- expired challenges from the index.
local function keep(at, life)
  local key, index = KEYS[1], KEYS[2]
  local till = integer(at + life)
  redis.call('PEXPIREAT', key, till)
  redis.call('ZADD', index, till, key)
  redis.call('ZREMRANGEBYSCORE', index, '-inf', integer(at))
  if life > redis.call('PTTL', index) then
    redis.call('PEXPIREAT', index, till)
  end
end

-- Publishes a change of the challenge, KEYS[1].
local function changed()
  redis.call('PUBLISH', KEYS[1], '')
end

local function snapshot(at, outcome)
  return { at, redis.call('HGETALL', KEYS[1]), outcome }
end

