// Calls scripts through the clients that people have: each takes the key and the arguments in another form. Must not
// import a client, nor `node:`: the one over HTTP runs at the edge.

/**
 * Returns `{ byHash, byText, config }` for a client. `byHash(sha, key, args)` and `byText(script, key, args)` promise
 * the reply. `config(name)` promises a setting of the server, or undefined where the client cannot ask for it.
 */
export function adapterOf(client) {
  if (typeof client !== "object" && typeof client !== "function") throw unknown();
  if (client === null) throw unknown();
  if (typeof client.evalSha === "function") return nodeRedis(client);
  if (typeof client.evalsha === "function") return typeof client.defineCommand === "function" ? ioredis(client) : http(client);
  throw unknown();
}

const unknown = () => new TypeError("redisStore: the client is one of redis (node-redis), ioredis, @upstash/redis or @vercel/kv");

function nodeRedis(client) {
  return {
    byHash: (sha, key, args) => client.evalSha(sha, { keys: [key], arguments: args }),
    byText: (script, key, args) => client.eval(script, { keys: [key], arguments: args }),
    config: async (name) => (await client.configGet?.(name))?.[name],
  };
}

function ioredis(client) {
  return {
    byHash: (sha, key, args) => client.evalsha(sha, 1, key, ...args),
    byText: (script, key, args) => client.eval(script, 1, key, ...args),
    config: async (name) => (await client.config?.("GET", name))?.[1],
  };
}

/** Over HTTP there is no command for settings. */
function http(client) {
  return {
    byHash: (sha, key, args) => client.evalsha(sha, [key], args),
    byText: (script, key, args) => client.eval(script, [key], args),
    config: async () => undefined,
  };
}
