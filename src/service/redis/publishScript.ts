import { script } from '../../clients/redis.js'

/**
 * Publishes updates of one metric, oldest first, and keeps them: only for the holder of the lease, and only what is newer
 * than everything kept. That makes the lease a fence: one who was paused while another took over publishes nothing.
 * Keys: lease, updates, answers. Arguments: token, updates to keep, ms to keep them, channel, start of the message, then
 * timestamp and JSON without its opening brace of each update.
 * Returns how many were published; -1 without the lease.
 */
export const publishScript = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end
local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local previous = newest and string.match(newest[1], '^%d+') or '0'
local published = 0
for i = 6, #ARGV, 2 do
  if tonumber(ARGV[i]) > tonumber(previous) then
    redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], ARGV[i] .. '-0', 'u', ARGV[i + 1])
    redis.call('PUBLISH', ARGV[4], ARGV[5] .. previous .. ',' .. ARGV[i + 1])
    previous = ARGV[i]
    published = published + 1
  end
end
if published > 0 then
  redis.call('PEXPIRE', KEYS[2], ARGV[3])
  redis.call('UNLINK', KEYS[3])
end
return published`)

/** The timestamp of the newest update of each metric, 0 where there is none. Keys: updates. */
export const newestScript = script(`
local found = {}
for i = 1, #KEYS do
  local newest = redis.call('XREVRANGE', KEYS[i], '+', '-', 'COUNT', 1)[1]
  found[i] = newest and string.match(newest[1], '^%d+') or '0'
end
return found`)

/** Takes or keeps the lease: 1 where it is ours. Keys: lease. Arguments: token, ms. */
export const leaseScript = script(`
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`)

/** Gives the lease back if it is ours. Keys: lease. Arguments: token. */
export const releaseScript = script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`)
