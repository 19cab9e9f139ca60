import { createHash } from 'node:crypto';

/** A script that the server runs as one step; called by its hash once the server has it. */
export interface RedisScript {
  readonly sha: string;
  readonly source: string;
}

/*
 * What is kept under a prefix:
 *
 *   meta      hash: `epoch`, a random word that names all that is kept now (clearing gives another); `number` of the latest
 *             change; `tagged`, the number of the latest invalidation; `floor`, see below
 *   tags      sorted set: each invalidated tag with the number of its latest invalidation
 *   e:<key>   an entry: `epoch number grace format checksum [tag…]`, a line feed, the value's bytes. `number` is the
 *             latest change when the value began to be computed: an entry is stale where one of its tags has a later one
 *   l:<key>   the lease of whoever computes the key: its token
 *   news      channel on which each change is told: `kind epoch number origin`, a line feed, the key or the tags
 *
 * The numbers are counted by the server: no clock of any program matters. Of `MAX_TAGS` tags each has its number; when one more
 * comes, the longest unused one goes and its number becomes the floor: what carries any tag and is older, is stale.
 */

/** `find(entry)` → state (`none`, `bad`, `stale`, `good`), raw, ms left (-1: no end), grace in ms. KEYS 1 to 3: meta, tags, entry. */
const FIND = `
local function find()
  local raw = redis.pcall('GET', KEYS[3])
  if not raw then return 'none' end
  if type(raw) ~= 'string' then return 'bad' end
  local stop = string.find(raw, '\\n', 1, true)
  if not stop then return 'bad' end
  local words = {}
  for word in string.gmatch(string.sub(raw, 1, stop - 1), '%S+') do words[#words + 1] = word end
  local number, grace = tonumber(words[2]), tonumber(words[3])
  if #words < 5 or not number or not grace then return 'bad' end
  local meta = redis.call('HMGET', KEYS[1], 'epoch', 'floor', 'tagged')
  if meta[1] ~= words[1] then return 'stale' end
  if #words > 5 then
    local floor, tagged = tonumber(meta[2]) or 0, tonumber(meta[3]) or 0
    if number < floor then return 'stale' end
    if number < tagged then
      if redis.call('EXISTS', KEYS[2]) == 0 then return 'stale' end
      for i = 6, #words do
        local since = redis.call('ZSCORE', KEYS[2], words[i])
        if since and number < tonumber(since) then return 'stale' end
      end
    end
  end
  return 'good', raw, redis.call('PTTL', KEYS[3]), grace
end
`;

/** `ensure(epoch)` begins anew where nothing is known; `tell(kind, what)` counts and tells a change. */
const TELL = `
local function ensure(epoch)
  local known = redis.call('HGET', KEYS[1], 'epoch')
  if known then return known end
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'number', 0, 'floor', 0, 'tagged', 0)
  return epoch
end
local function tell(channel, kind, epoch, number, origin, what)
  redis.call('PUBLISH', channel, kind .. ' ' .. epoch .. ' ' .. string.format('%.0f', number) .. ' ' .. origin .. '\\n' .. what)
end
`;

const script = (...parts: string[]): RedisScript => {
  const source = parts.join('').trim();
  return { sha: createHash('sha1').update(source).digest('hex'), source };
};

/**
 * KEYS meta, tags. ARGV channel, a new epoch, the epoch and number known before, origin → epoch, number. A server that knows
 * less than it did has lost changes (a restored copy, a replica that was behind): nothing that it has is believed.
 */
export const CATCH_UP = script(
  TELL,
  `
local epoch = redis.call('HGET', KEYS[1], 'epoch')
local number = tonumber(redis.call('HGET', KEYS[1], 'number') or 0)
if epoch == ARGV[3] and number < tonumber(ARGV[4]) then
  redis.call('DEL', KEYS[1])
  epoch = ensure(ARGV[2])
  number = 0
  tell(ARGV[1], 'c', epoch, 0, ARGV[5], '')
elseif not epoch then
  epoch = ensure(ARGV[2])
  number = 0
end
return {epoch, string.format('%.0f', number)}
`,
);

/** KEYS meta. ARGV now: fails where the server takes no writes. */
export const PROBE = script(`return redis.call('HSET', KEYS[1], 'probed', ARGV[1])`);

/** KEYS meta, tags, entry → state, raw, ms left. */
export const READ = script(FIND, 'local state, raw, left = find() return {state, raw or "", left or 0}');

/**
 * KEYS meta, tags, entry, lease. ARGV token, ms of the lease, a new epoch → state, raw, ms left, `0` or `1`: the lease is
 * the token's, ms that another has it, epoch, number. Nobody takes the lease of what is fresh.
 */
export const CLAIM = script(
  TELL,
  FIND,
  `
local state, raw, left, grace = find()
if state == 'good' and (left < 0 or left > grace) then return {state, raw, left, 0, 0, '', '0'} end
local epoch = ensure(ARGV[3])
local number = redis.call('HGET', KEYS[1], 'number')
local mine, held = 1, 0
if not redis.call('SET', KEYS[4], ARGV[1], 'NX', 'PX', ARGV[2]) then
  mine = 0
  held = redis.call('PTTL', KEYS[4])
end
return {state, raw or '', left or 0, mine, held, epoch, number}
`,
);

/** KEYS meta, tags, entry, lease. ARGV channel, a new epoch, origin, key, ms to keep (0: no end), head, body. Ends the lease of whoever computes it. */
export const WRITE = script(
  TELL,
  `
local epoch = ensure(ARGV[2])
local number = redis.call('HINCRBY', KEYS[1], 'number', 1)
redis.call('DEL', KEYS[4])
local entry = epoch .. ' ' .. string.format('%.0f', number) .. ' ' .. ARGV[6] .. '\\n' .. ARGV[7]
if ARGV[5] == '0' then redis.call('SET', KEYS[3], entry) else redis.call('SET', KEYS[3], entry, 'PX', ARGV[5]) end
tell(ARGV[1], 'k', epoch, number, ARGV[3], ARGV[4])
return 1
`,
);

/** As WRITE, by the holder of a lease: KEYS meta, tags, entry, lease. ARGV channel, token, origin, key, ms to keep, head, body, epoch and number of the claim → `1`, or `0` where the lease is lost. */
export const FULFIL = script(
  TELL,
  `
if redis.call('GET', KEYS[4]) ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[4])
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[8] then return 0 end
local number = redis.call('HINCRBY', KEYS[1], 'number', 1)
local entry = ARGV[8] .. ' ' .. ARGV[9] .. ' ' .. ARGV[6] .. '\\n' .. ARGV[7]
if ARGV[5] == '0' then redis.call('SET', KEYS[3], entry) else redis.call('SET', KEYS[3], entry, 'PX', ARGV[5]) end
tell(ARGV[1], 'k', ARGV[8], number, ARGV[3], ARGV[4])
return 1
`,
);

/** KEYS meta, tags, lease. ARGV channel, token, origin, key: gives a lease back without a value, and wakes who waits for it. */
export const RELEASE = script(
  TELL,
  `
if redis.call('GET', KEYS[3]) ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[3])
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'number')
if meta[1] then tell(ARGV[1], 'r', meta[1], tonumber(meta[2]), ARGV[3], ARGV[4]) end
return 1
`,
);

/** KEYS lease. ARGV token, ms → `1`, or `0` where the lease is lost. */
export const RENEW = script(
  `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`,
);

/** KEYS meta, tags, entry, lease. ARGV channel, a new epoch, origin, key → `1` where a good entry was there. A server without memory takes it too. */
export const REMOVE = script(
  TELL,
  FIND,
  `
local state = find()
redis.call('DEL', KEYS[3], KEYS[4])
local number = redis.pcall('HINCRBY', KEYS[1], 'number', 1)
if type(number) == 'number' then tell(ARGV[1], 'k', ensure(ARGV[2]), number, ARGV[3], ARGV[4]) end
return state == 'good' and 1 or 0
`,
);

/** KEYS meta, tags. ARGV channel, a new epoch, origin, the most tags that are kept, tags… */
export const INVALIDATE = script(
  TELL,
  `
local epoch = ensure(ARGV[2])
local number = redis.call('HINCRBY', KEYS[1], 'number', 1)
redis.call('HSET', KEYS[1], 'tagged', number)
local tags = {}
for i = 5, #ARGV do
  redis.call('ZADD', KEYS[2], number, ARGV[i])
  tags[#tags + 1] = ARGV[i]
end
local over = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[4])
if over > 0 then
  local gone = redis.call('ZPOPMIN', KEYS[2], over)
  redis.call('HSET', KEYS[1], 'floor', gone[#gone])
end
tell(ARGV[1], 't', epoch, number, ARGV[3], table.concat(tags, ' '))
return 1
`,
);

/** KEYS meta, tags. ARGV channel, a new epoch, origin: nothing that is kept is believed any more. */
export const CLEAR = script(
  TELL,
  `
local number = tonumber(redis.call('HGET', KEYS[1], 'number') or 0)
redis.call('DEL', KEYS[1], KEYS[2])
ensure(ARGV[2])
number = number + 1
redis.call('HSET', KEYS[1], 'number', string.format('%.0f', number))
tell(ARGV[1], 'c', ARGV[2], number, ARGV[3], '')
return 1
`,
);

/** KEYS meta, entries… Removes those that are of an earlier epoch. */
export const SWEEP = script(`
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then return 0 end
local removed = 0
for i = 2, #KEYS do
  local head = redis.pcall('GETRANGE', KEYS[i], 0, #epoch)
  if head ~= '' and head ~= epoch .. ' ' then removed = removed + redis.call('UNLINK', KEYS[i]) end
end
return removed
`);
