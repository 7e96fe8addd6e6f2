-- Removes rows and leases, and only then tells the other instances.
--
-- KEYS  the ids; or, if ARGV[3] is not empty, the epoch of the lookup alone
-- ARGV  1 the channel   2 the message, empty for none   3 a new epoch, which removes all ids
--
-- Returns how many instances the message was sent to.

if ARGV[3] ~= '' then
  redis.call('SET', KEYS[1], ARGV[3], 'PX', 86400000)
else
  redis.call('DEL', unpack(KEYS))
end
if ARGV[2] == '' then
  return 0
end
return redis.call('PUBLISH', ARGV[1], ARGV[2])
