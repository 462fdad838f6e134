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

-- Field, JSON, field, JSON, … from ARGV[first] to ARGV[last]; an empty string in place of JSON is null.
local function write(first, last)
  local set, gone = {}, {}
  for i = first, last, 2 do
    if ARGV[i + 1] == '' then
      table.insert(gone, ARGV[i])
    else
      table.insert(set, ARGV[i])
      table.insert(set, ARGV[i + 1])
    end
  end
  if #set > 0 then
    redis.call('HSET', KEYS[1], unpack(set))
  end
  if #gone > 0 then
    redis.call('HDEL', KEYS[1], unpack(gone))
  end
end

-- A code as JSON, with its times. ARGV[i] is that JSON without times and without its last brace, ARGV[i + 1]
-- how long the code lives, and ARGV[i + 2] how long until another may be asked for.
local function stamped(i, at)
  local times = string.format(',"sentAt":%.0f,"expiresAt":%.0f,"resendAt":%.0f}', at, at + ARGV[i + 1], at + ARGV[i + 2])
  return ARGV[i] .. times
end

-- Forgets which attempts were looked at: their code is no longer in play.
local function forget_looks()
  for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
    if string.sub(field, 1, 5) == 'look:' then
      redis.call('HDEL', KEYS[1], field)
    end
  end
end

-- Publishes a change of the challenge, KEYS[1].
local function changed()
  redis.call('PUBLISH', KEYS[1], '')
end

local function snapshot(at)
  return { at, redis.call('HGETALL', KEYS[1]) }
end

-- A budget is a sorted set of members by the time when they were taken, in milliseconds. Its windows are
-- a text: how long a member is stored, then limit/milliseconds for each window. 0 is a budget that is only
-- looked at.
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
  local wait, fewer = 0, math.huge
  for limit, window in string.gmatch(windows, '(%d+)/(%d+)') do
    -- Counts from the newest, which is right even after the limit was lowered.
    local last = tonumber(limit) < fewer and redis.call('ZRANGE', key, limit - 1, limit - 1, 'REV', 'WITHSCORES')[2]
    if last then
      wait = math.max(wait, tonumber(last) + window - at)
    else
      -- There are fewer members than that, so a larger limit has room too.
      fewer = math.min(fewer, tonumber(limit))
    end
  end
  return wait
end

-- First the command that needs memory: a full server refuses here, and nothing changes.
local function take(key, windows, member, at)
  if kept(windows) == 0 then
    return
  end
  redis.call('ZADD', key, integer(at), member)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', integer(at - kept(windows)))
  redis.call('PEXPIRE', key, kept(windows))
end
