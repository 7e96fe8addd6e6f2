-- Puts what a load has brought, if the key still holds the lease of that load. An invalidation
-- removes the lease, so that a row which was read before it is never put.
--
-- KEYS  1 the epoch of the lookup   2 the id
-- ARGV  1 this instance   2 the nonce of the lease   3 the kind: V or X   4 the value without kind
--       and epoch   5 its time in ms   6 the channel   7 the message for those who wait
--
-- Returns 1 if it was put, otherwise 0.

local epoch = redis.call('GET', KEYS[1])
local held = redis.call('GET', KEYS[2])
if not epoch or not held then
  return 0
end
if string.sub(held, 1, 37) == 'L' .. epoch .. ARGV[1] .. ARGV[2] then
  redis.call('SET', KEYS[2], ARGV[3] .. epoch .. ARGV[4], 'PX', ARGV[5])
  if string.sub(held, 38, 38) == '1' then
    redis.call('PUBLISH', ARGV[6], ARGV[7])
  end
  return 1
end
-- Another load was quicker and has brought an older version: this instance has shown a newer one.
if ARGV[3] == 'V' and string.sub(held, 1, 13) == 'V' .. epoch
    and string.sub(held, 14, 29) < string.sub(ARGV[4], 1, 16) then
  redis.call('DEL', KEYS[2])
end
return 0
