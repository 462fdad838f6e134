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


-- A budget is a sorted set of members by the time when they were taken, in milliseconds. Its windows are
-- a text: how long a member is stored, then limit/milliseconds for each window.
local function kept(windows)
  return tonumber(string.match(windows, '^%d+'))
end

-- Whether a budget has the member.
local function holds(key, windows, member, at)
  local since = redis.call('ZSCORE', key, member)
  return since and tonumber(since) > at - kept(windows)
end

-- How long until there is room for one more, or 0.
local function room(key, windows, at)
  local wait = 0
  for limit, window in string.gmatch(windows, '(%d+)/(%d+)') do
    -- Counts from the newest, which is right even after the limit was lowered.
    local last = redis.call('ZRANGE', key, limit - 1, limit - 1, 'REV', 'WITHSCORES')[2]
    wait = math.max(wait, last and tonumber(last) + window - at or 0)
  end
  return wait
end

-- First the command that needs memory: a full server refuses here, and nothing changes.
local function take(key, windows, member, at)
  redis.call('ZADD', key, integer(at), member)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', integer(at - kept(windows)))
  redis.call('PEXPIRE', key, kept(windows))
end
