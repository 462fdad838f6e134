-- In front of every script: first checks that the user may run all of the script's `commands` on all
-- of its keys and their channels, so that a refusal changes nothing. Redis before 7 cannot check this.
if redis.acl_check_cmd then
  for _, command in ipairs(commands) do
    for _, key in ipairs(KEYS) do
      local known, allowed = pcall(redis.acl_check_cmd, command, key, key, key)
      if not known then
        return redis.error_reply('NOPERM Redis has no command ' .. command .. ': renamed or disabled')
      end
      if not allowed then
        local on = (command == 'PUBLISH' or command == 'SUBSCRIBE') and ' &dc:*' or ' ~dc:*'
        return redis.error_reply('NOPERM the Redis user needs +' .. string.lower(command) .. on)
      end
    end
  end
end

