-- Put in front of every script: the one clock, how fields are written and how they come back.

-- Milliseconds since 1970 by the clock of this server, whole.
local function now()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- A number as JSON: Lua's own writing of one may become 1.7e+12.
local function integer(number)
  return string.format('%.0f', number)
end

-- Field, JSON, field, JSON, … from ARGV[first] on; an empty string in place of JSON is null.
local function write(first)
  for i = first, #ARGV, 2 do
    if ARGV[i + 1] == '' then
      redis.call('HDEL', KEYS[1], ARGV[i])
    else
      redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
    end
  end
end

local function seen(at, outcome)
  return { at, redis.call('HGETALL', KEYS[1]), outcome }
end

