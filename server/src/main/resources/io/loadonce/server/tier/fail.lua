-- Returns the lease of a load that has brought nothing.
--
-- KEYS  1 the epoch of the lookup   2 the id
-- ARGV  1 this instance   2 the nonce of the lease   3 the channel   4 the message for those who wait
--
-- Returns 1 if the lease was still held, otherwise 0.

local epoch = redis.call('GET', KEYS[1])
local held = redis.call('GET', KEYS[2])
if not epoch or not held or string.sub(held, 1, 37) ~= 'L' .. epoch .. ARGV[1] .. ARGV[2] then
  return 0
end
redis.call('DEL', KEYS[2])
if string.sub(held, 38, 38) == '1' then
  redis.call('PUBLISH', ARGV[3], ARGV[4])
end
return 1
