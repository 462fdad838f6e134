-- Takes one from each budget, or nothing when one of them is full.
--
-- KEYS     the budgets, in one slot: members by the time when they were taken
-- ARGV[1]  the member; one that is there already takes nothing more
-- ARGV[2…] the windows of each budget, see `room`
-- returns  { how long until all have room; the numbers of the full budgets },
--          or { 0; the numbers of the budgets that were taken now }
local at, member = now(), ARGV[1]
local longest, free, full = 0, {}, {}
for i, key in ipairs(KEYS) do
  if not holds(key, ARGV[i + 1], member, at) then
    local wait = room(key, ARGV[i + 1], at)
    local list = wait > 0 and full or free
    list[#list + 1] = i
    longest = math.max(longest, wait)
  end
end
if longest > 0 then
  return { longest, unpack(full) }
end
for _, i in ipairs(free) do
  take(KEYS[i], ARGV[i + 1], member, at)
end
return { 0, unpack(free) }
