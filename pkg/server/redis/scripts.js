// The statements of the store in Redis, as scripts in Lua: each is one atomic step on one key, so it works in a
// cluster. Must not depend on a client: every reply is one text or one number.
//
// A row is a hash with the fields `t` (token), `f` (fingerprint, absent for none) and `r` (record, absent while the
// call runs). Redis ends it. A time in milliseconds is "" for one that never ends.

/** Sets the time to live of the key. */
const EXPIRE = `
local function expire(ms)
  if ms == '' then redis.call('PERSIST', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ms) end
end
local function set(token, fingerprint)
  redis.call('HSET', KEYS[1], 't', token)
  if fingerprint ~= '' then redis.call('HSET', KEYS[1], 'f', fingerprint) end
end
`;

/**
 * `token fingerprint lease`. Replies "claimed", or what is there: "running", a line's end and the fingerprint, or
 * "done", a line's end, the fingerprint, another and the record.
 */
export const CLAIM = `${EXPIRE}
local token, fingerprint, record = unpack(redis.call('HMGET', KEYS[1], 't', 'f', 'r'))
if record then return 'done\\n' .. (fingerprint or '') .. '\\n' .. record end
if token and token ~= ARGV[1] then return 'running\\n' .. (fingerprint or '') end
set(ARGV[1], ARGV[2])
expire(ARGV[3])
return 'claimed'
`;

/** `token lease`. Replies 1 if the token has the claim. */
export const RENEW = `${EXPIRE}
local token, record = unpack(redis.call('HMGET', KEYS[1], 't', 'r'))
if token ~= ARGV[1] or record then return 0 end
expire(ARGV[2])
return 1
`;

/** `token fingerprint record time`. Replies 1 if a record of the token is there. */
export const FINISH = `${EXPIRE}
local token, record = unpack(redis.call('HMGET', KEYS[1], 't', 'r'))
if token and token ~= ARGV[1] then return 0 end
if record then return 1 end
set(ARGV[1], ARGV[2])
redis.call('HSET', KEYS[1], 'r', ARGV[3])
expire(ARGV[4])
return 1
`;

/** `token`. Removes the claim of the token. */
export const RELEASE = `
local token, record = unpack(redis.call('HMGET', KEYS[1], 't', 'r'))
if token == ARGV[1] and not record then return redis.call('DEL', KEYS[1]) end
return 0
`;
