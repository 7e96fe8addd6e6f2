-- Says what is here for an id, and changes nothing.
--
-- KEYS  1 the epoch of the lookup   2 the id
--
-- Returns {'V', ms until it expires, value}: a row or a "not found"
--         {'L'}: an instance has the lease to load it
--         {'X'}: the row is too large to be kept here
--         {'N'}: nothing

local epoch = redis.call('GET', KEYS[1])
local held = redis.call('GET', KEYS[2])
if not epoch or not held or string.sub(held, 2, 13) ~= epoch then
  return {'N'}
end
local kind = string.sub(held, 1, 1)
if kind == 'V' then
  return {'V', redis.call('PTTL', KEYS[2]), held}
end
return {kind}
