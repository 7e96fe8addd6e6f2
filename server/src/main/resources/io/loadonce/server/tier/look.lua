-- Looks an id up, and takes its lease if there is no row that is good enough.
--
-- KEYS  1 the epoch of the lookup   2 the id
-- ARGV  1 an epoch, if there is none   2 this instance   3 a nonce for the lease   4 its time in ms
--       5 the lowest version, 16 digits   6 the oldest age in ms   7 whether a "not found" is no
--       answer   8 whether to take a lease that is held   9 the prefix of the keys
--       that show which instances are alive
--
-- Returns {'V', ms until it expires, value}: here is a row or a "not found"
--         {'L'}: load the row, the lease is yours
--         {'W'}: wait, a living instance loads it; or a flight of this one, which was fenced when its
--                cache was emptied, and lands if nothing has removed its lease
--         {'X'}: load the row, it is too large to be kept here

-- A write that changes nothing: a server that does not accept writes, such as a former primary,
-- refuses it, and so the whole script.
redis.call('DEL', KEYS[1] .. ':')

local epoch = redis.call('GET', KEYS[1])
if not epoch then
  epoch = ARGV[1]
  redis.call('SET', KEYS[1], epoch, 'PX', 86400000)
end

local held = redis.call('GET', KEYS[2])
if held and string.sub(held, 2, 13) == epoch then
  local kind = string.sub(held, 1, 1)
  if kind == 'V' then
    local left = redis.call('PTTL', KEYS[2])
    local age = (tonumber(string.sub(held, 30, 41)) or 0) - left
    local isRow = string.sub(held, 42, 42) == 'R'
    local isEnough
    if isRow then
      isEnough = string.sub(held, 14, 29) >= ARGV[5]
    else
      isEnough = ARGV[7] == '0'
    end
    if left > 0 and isEnough and age <= tonumber(ARGV[6]) then
      return {'V', left, held}
    end
  elseif kind == 'X' then
    return {'X'}
  elseif kind == 'L' then
    local holder = string.sub(held, 14, 25)
    if ARGV[8] == '0' and redis.call('EXISTS', ARGV[9] .. holder) == 1 then
      if string.sub(held, 38, 38) == '0' then
        redis.call('SET', KEYS[2], string.sub(held, 1, 37) .. '1', 'KEEPTTL')
      end
      return {'W'}
    end
  end
end

redis.call('SET', KEYS[2], 'L' .. epoch .. ARGV[2] .. ARGV[3] .. '0', 'PX', ARGV[4])
return {'L'}
