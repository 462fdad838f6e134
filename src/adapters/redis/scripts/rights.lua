-- In front of every script that changes something: first checks that the user may run the script's `commands`
-- on the first key and its channel, so that a refusal changes nothing. A user's keys are given by patterns, so
-- for the other keys one command that reads and one that writes are enough: `elsewhere`. Redis before 7
-- cannot check this.
if redis.acl_check_cmd then
  local command
  local known, allowed = pcall(function()
    for i = 1, #KEYS do
      for _, each in ipairs(i == 1 and commands or elsewhere) do
        command = each
        if not redis.acl_check_cmd(command, KEYS[i]) then
          return false
        end
      end
    end
    return true
  end)
  if not known then
    return redis.error_reply('NOPERM Redis has no command ' .. command .. ': renamed or disabled')
  end
  if not allowed then
    local on = (command == 'PUBLISH' or command == 'SUBSCRIBE') and ' &dc:*' or ' ~dc:*'
    return redis.error_reply('NOPERM the Redis user needs +' .. string.lower(command) .. on)
  end
end

