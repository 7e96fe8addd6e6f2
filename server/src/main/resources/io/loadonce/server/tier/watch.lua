-- Finds out whether the rows of a lookup have been watched without a gap, and takes part in that.
--
-- An instance that knows of every change up to some moment, and has removed what has changed, writes
-- that moment here. A new instance trusts the rows if another one has written a moment after its own
-- connection: between the two no change was missed.
--
-- KEYS  1 the moments of the instances that learn of changes in the same way   2 the epoch of the lookup
-- ARGV  1 this instance   2 the moment, in ms of this server, if 3 is 1   3 whether this instance trusts the rows
--       4 since when it knows of every change, in ms of this server; empty if since now
--       5 how many ms the last moment of another instance may be ago
--
-- Returns one of these; then KEYS[2], the time of this server in ms, and since when this instance
-- knows of every change, in ms:
--         T  written
--         Y  another instance has watched; trust the rows
--         N  no other instance has watched; remove all rows
--         M  another instance may be watching; ask again

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local since = tonumber(ARGV[4]) or now

local function answer(letter)
  return {letter, KEYS[2], string.format('%.0f', now), string.format('%.0f', since)}
end

redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[5])
-- If the clock of this server was set back, a later moment is from before that.
redis.call('ZREMRANGEBYSCORE', KEYS[1], string.format('(%.0f', now), '+inf')
redis.call('PEXPIRE', KEYS[2], 86400000)
if ARGV[3] == '1' then
  redis.call('ZADD', KEYS[1], 'GT', ARGV[2], ARGV[1])
  redis.call('PEXPIRE', KEYS[1], 86400000)
  return answer('T')
end
-- If the clock was set back after `since`, no moment would be later for a long time.
if since > now then
  return answer('N')
end
local others = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
local isAnotherThere = false
for i = 1, #others, 2 do
  if others[i] ~= ARGV[1] then
    if tonumber(others[i + 1]) > since then
      return answer('Y')
    end
    isAnotherThere = true
  end
end
return answer(isAnotherThere and 'M' or 'N')
