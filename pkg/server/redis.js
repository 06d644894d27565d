// The entry `actionlane/server/redis`: a store of results in Redis, for servers of several processes. Must not import a
// client or `node:`: it works over HTTP at the edge, too.

import { decodeRecord, encodeRecord } from "./record.js";
import { adapterOf } from "./redis/clients.js";
import { CLAIM, FINISH, RELEASE, RENEW } from "./redis/scripts.js";
import { isConnectionError, withRetries } from "./retry.js";
import { checkOptions } from "./store_options.js";

export function redisStore(client, options = {}) {
  checkOptions("redisStore", options, ["prefix", "maxBytes", "retryMs"]);
  const { prefix = "actionlane:", maxBytes, retryMs = 10_000 } = options;
  if (typeof prefix !== "string") throw new TypeError("redisStore: prefix is a text");
  const adapter = adapterOf(client);
  let isChecked = false;

  async function run(script, id, ...args) {
    if (!isChecked) {
      isChecked = true;
      warnOfEviction(adapter);
    }
    return withRetries(() => evaluate(adapter, script, prefix + id, args), isPassing, retryMs);
  }

  return {
    async claim(id, { token, fingerprint, leaseMs }) {
      return claimOf(await run(CLAIM, id, token, fingerprint ?? "", timeOf(leaseMs)));
    },
    async renew(id, token, leaseMs) {
      return Number(await run(RENEW, id, token, timeOf(leaseMs))) === 1;
    },
    async finish(id, { token, fingerprint, record, ttlMs }) {
      return Number(await run(FINISH, id, token, fingerprint ?? "", encodeRecord(record, maxBytes), timeOf(ttlMs))) === 1;
    },
    async release(id, token) {
      await run(RELEASE, id, token);
    },
  };
}

/** Longest time that Redis takes, in milliseconds: a longer one never ends. */
const LONGEST = 2 ** 52;

/** Returns a time as an argument. Redis has no fractions: at least one millisecond. */
const timeOf = (ms) => (ms > LONGEST ? "" : String(Math.max(1, Math.ceil(ms))));

function claimOf(reply) {
  const text = String(reply);
  const [state, fingerprint] = text.split("\n", 2);
  if (state === "claimed") return { state };
  const found = { state, fingerprint: fingerprint === "" ? null : fingerprint };
  return state === "done" ? { ...found, record: decodeRecord(text.slice(state.length + fingerprint.length + 2)) } : found;
}

const hashes = new Map();

/** Promises the reply of a script, by its hash; by its text if the server does not know it yet. */
async function evaluate(adapter, script, key, args) {
  if (!hashes.has(script)) hashes.set(script, await sha1(script));
  try {
    return await adapter.byHash(hashes.get(script), key, args);
  } catch (error) {
    if (!/\bNOSCRIPT\b/.test(error?.message)) throw error;
    return adapter.byText(script, key, args);
  }
}

async function sha1(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Replies of a server that starts, changes its role or moves a key. */
const SERVER = /\b(?:LOADING|TRYAGAIN|CLUSTERDOWN|MASTERDOWN|READONLY|BUSY)\b/;

/** Messages of clients that have no connection, or have waited too long for an answer. */
const CLIENT = /socket closed|connection is closed|client is offline|stream isn't writeable|command timed out|fetch failed|max retries/i;

const isPassing = (error) => isConnectionError(error) || SERVER.test(error?.message) || CLIENT.test(error?.message);

/** Warns if the server may evict keys. A server that does not say is not asked again. */
async function warnOfEviction(adapter) {
  let policy;
  try {
    policy = await adapter.config("maxmemory-policy");
  } catch {
    return;
  }
  if (typeof policy !== "string" || policy === "noeviction") return;
  console.warn(`actionlane: redis has maxmemory-policy ${policy} and may forget that a call has run; set it to noeviction`);
}
