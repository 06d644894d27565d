// The store in Redis with each client that people have, on real servers. `@upstash/redis` talks to `rest.mjs`.
import assert from "node:assert/strict";
import { createClient, createCluster } from "redis";
import { createClient as createClient6 } from "redis-6";
import { Cluster, Redis } from "ioredis";
import { Cluster as Cluster6, Redis as Redis6 } from "ioredis-6";
import { Redis as Upstash } from "@upstash/redis";
import { createClient as createKv } from "@vercel/kv";
import { idempotent } from "../../pkg/server.js";
import { redisStore } from "../../pkg/server/redis.js";
import { diesInside } from "./crash.mjs";
import { startCut } from "./cut.mjs";
import { startRest } from "./rest.mjs";
import { startRedis, startRedisCluster } from "./servers.mjs";

const BOUND = 4_096;
const key = { user: "ada", action: "charge", key: "8e03978e" };
const lost = { type: "lost" };

const quiet = (client) => client.on("error", () => {});

/** Clients: each connects to `url`, to the nodes `cluster`, or to the front `rest`. */
const open = {
  "node-redis 5": ({ url }) => quiet(createClient({ url })).connect(),
  "node-redis 6": ({ url }) => quiet(createClient6({ url })).connect(),
  "ioredis 5": async ({ url }) => quiet(new Redis(url)),
  "ioredis 6": async ({ url }) => quiet(new Redis6(url)),
  "node-redis 5, cluster": ({ cluster }) => quiet(createCluster({ rootNodes: cluster.map((url) => ({ url })) })).connect(),
  "ioredis 5, cluster": async ({ cluster }) => quiet(new Cluster(cluster)),
  "ioredis 6, cluster": async ({ cluster }) => quiet(new Cluster6(cluster)),
  "@upstash/redis over HTTP": async ({ rest }) => new Upstash({ ...rest, enableTelemetry: false }),
  "@vercel/kv over HTTP": async ({ rest }) => createKv({ ...rest, enableTelemetry: false }),
};
export const drivers = Object.keys(open);

export async function start() {
  const redis = await startRedis({ appendfsync: "always" });
  const cluster = await startRedisCluster();
  const rest = await startRest({ redisUrl: redis.url });
  const at = { url: redis.url, cluster: cluster.urls, rest: { url: rest.url, token: rest.token } };
  const opened = [];
  let made = 0;
  const suites = [];
  for (const name of drivers) {
    let clients;
    const make = async () => {
      clients ??= [await open[name](at), await open[name](at)];
      const [client, second] = clients;
      const prefix = `case${(made += 1)}:`;
      const options = { prefix, maxBytes: BOUND };
      const evict = (id) => client.del(prefix + id);
      return { store: redisStore(client, options), other: redisStore(second, options), evict, bound: BOUND, renews: true, ownClock: true, client, prefix };
    };
    opened.push(() => clients?.forEach((client) => (client.destroy ?? client.disconnect)?.call(client)));
    const isOne = !name.includes("cluster") && !name.includes("HTTP");
    const Client = { "ioredis 5": Redis, "ioredis 6": Redis6 }[name];
    const cases = [...ofEach, ...(isOne ? ofConnections(redis, open[name]) : []), ...(Client ? ofIoredis(redis, Client) : [])];
    suites.push({ name, make, cases });
  }
  const stop = async () => {
    for (const close of opened) close();
    await Promise.all([rest.stop(), cluster.stop()]);
    await redis.stop();
  };
  return { suites, stop };
}

/** Cases of every client. */
const ofEach = [
  ["a server that has forgotten the scripts gets them again", async ({ store, other, client }) => {
    await store.claim("a", { token: "t", fingerprint: null, leaseMs: 60_000 });
    await forgetScripts(client);
    assert.equal((await other.claim("a", { token: "u", fingerprint: null, leaseMs: 60_000 })).state, "running");
    assert.equal(await store.finish("a", { token: "t", fingerprint: null, record: lost, ttlMs: 60_000 }), true);
  }],
  ["Redis itself ends a row: each key has a time to live, an endless one none", async ({ store, client, prefix }) => {
    await store.claim("a", { token: "t", fingerprint: null, leaseMs: 60_000 });
    const lease = await client.ttl(prefix + "a");
    assert(lease > 0 && lease <= 60, String(lease));
    await store.finish("a", { token: "t", fingerprint: null, record: lost, ttlMs: 86_400_000 });
    const life = await client.ttl(prefix + "a");
    assert(life > 60 && life <= 86_400, String(life));
    await store.claim("b", { token: "t", fingerprint: null, leaseMs: Infinity });
    assert.equal(await client.ttl(prefix + "b"), -1);
  }],
];

async function forgetScripts(client) {
  if (client.masters) for (const { client: node } of client.masters) await (await node).scriptFlush();
  else if (client.nodes) for (const node of client.nodes("master")) await node.script("FLUSH");
  else if (client.scriptFlush) await client.scriptFlush();
  else if (client.scriptflush) await client.scriptflush();
  else await client.script("FLUSH");
}

/** Cases of a client that has a connection to one server. */
function ofConnections(redis, open) {
  const through = async (url, work) => {
    const client = await open({ url });
    try {
      await work(client);
    } finally {
      (client.destroy ?? client.disconnect).call(client);
    }
  };
  return [
    ["an answer that is lost on the way changes nothing: claim, finish and call end as without", async ({ prefix, other }) => {
      const cut = await startCut(redis);
      await through(`redis://127.0.0.1:${cut.port}`, async (client) => {
        const store = redisStore(client, { prefix });
        await store.renew("warm", "t", 1);
        cut.loseNextAnswer();
        assert.deepEqual(await store.claim("a", { token: "t", fingerprint: null, leaseMs: 60_000 }), { state: "claimed" });
        assert.equal((await other.claim("a", { token: "u", fingerprint: null, leaseMs: 60_000 })).state, "running");
        cut.loseNextAnswer();
        assert.equal(await store.finish("a", { token: "t", fingerprint: null, record: { type: "value", value: 7 }, ttlMs: 60_000 }), true);
        assert.deepEqual((await other.claim("a", { token: "u", fingerprint: null, leaseMs: 60_000 })).record, { type: "value", value: 7 });
        assert.equal(await idempotent(key, () => (cut.loseNextAnswer(), "paid"), store), "paid");
        assert.equal(cut.lost, 3);
      });
      cut.stop();
    }],
    ["a server that crashes while a call runs has kept the claim, and takes the result afterwards", async ({ store, other }) => {
      let runs = 0;
      const charge = async () => {
        runs += 1;
        await redis.restart();
        await assert.rejects(idempotent(key, charge, other), { digest: "IDEMPOTENCY_IN_PROGRESS" });
        return "paid";
      };
      assert.equal(await idempotent(key, charge, store), "paid");
      await redis.restart();
      assert.equal(await idempotent(key, charge, other), "paid");
      assert.equal(runs, 1);
    }],
    ["a process that is killed while its call runs leaves a claim, which ends with its lease", async ({ prefix, other }) => {
      await diesInside("redis", { url: redis.url, prefix, key, leaseMs: 1_000 }, async () => {
        await assert.rejects(idempotent(key, () => "early", other), { digest: "IDEMPOTENCY_IN_PROGRESS" });
      });
      for (;;) {
        const end = await idempotent(key, () => "second", other).catch((error) => error.digest);
        if (end === "second") break;
        assert.equal(end, "IDEMPOTENCY_IN_PROGRESS");
      }
    }],
    ["a server that may evict keys is warned of, once; one that may not, or does not say, is not", async () => {
      const said = [];
      const { warn } = console;
      console.warn = (text) => said.push(text);
      try {
        const one = await startRedis({ args: ["--maxmemory-policy", "allkeys-lru"] });
        await through(one.url, async (client) => {
          const store = redisStore(client);
          for (const id of ["a", "b"]) await store.claim(id, { token: "t", fingerprint: null, leaseMs: 1_000 });
        });
        await one.stop();
        assert.equal(said.length, 1);
        assert.match(said[0], /maxmemory-policy allkeys-lru/);
        const silent = await startRedis({ args: ["--maxmemory-policy", "allkeys-lru", "--rename-command", "CONFIG", ""] });
        for (const url of [silent.url, redis.url]) {
          await through(url, async (client) => void (await redisStore(client).claim("a", { token: "t", fingerprint: null, leaseMs: 1 })));
        }
        await silent.stop();
        assert.equal(said.length, 1);
      } finally {
        console.warn = warn;
      }
    }],
    ["a server that evicts the claim while its call runs: the call says so or its result is stored", async () => {
      const small = await startRedis({ args: ["--maxmemory", "3mb", "--maxmemory-policy", "allkeys-random"] });
      await through(small.url, async (client) => {
        const { warn } = console;
        console.warn = () => {};
        const store = redisStore(client);
        let runs = 0;
        const end = await idempotent(key, async (id, { signal }) => {
          runs += 1;
          const told = new Promise((resolve) => signal.addEventListener("abort", resolve));
          // Fills the memory until the server has thrown the claim out, which the next renewal sees.
          for (let n = 0; !signal.aborted; n += 1) await client.set(`fill${n % 20_000}`, "x".repeat(2_000));
          await told;
          return "paid";
        }, store, { leaseMs: 300 }).catch((error) => error.digest);
        console.warn = warn;
        if (end === "paid") assert.equal(await idempotent(key, () => assert.fail("ran twice"), store), "paid");
        else assert.equal(end, "IDEMPOTENCY_LOST");
        assert.equal(runs, 1);
      });
      await small.stop();
    }],
  ];
}

/** Cases of settings that people give to ioredis. */
function ofIoredis(redis, Client) {
  const claim = { token: "t", fingerprint: null, leaseMs: 60_000 };
  return [
    ["a client without a queue is asked again until it is connected", async ({ prefix }) => {
      const client = quiet(new Client(redis.url, { enableOfflineQueue: false }));
      assert.deepEqual(await redisStore(client, { prefix }).claim("a", claim), { state: "claimed" });
      client.disconnect();
    }],
    ["a command that is answered too late for its client is repeated: the result is stored", async ({ prefix, client: other, store: there }) => {
      const client = quiet(new Client(redis.url, { commandTimeout: 200 }));
      const store = redisStore(client, { prefix });
      await store.claim("a", claim);
      let late = 0;
      const { evalsha } = client;
      client.evalsha = (...args) => evalsha.apply(client, args).catch(async (error) => {
        late += 1;
        await other.call("CLIENT", "UNPAUSE");
        throw error;
      });
      await other.call("CLIENT", "PAUSE", "60000", "WRITE");
      assert.equal(await store.finish("a", { token: "t", fingerprint: null, record: lost, ttlMs: 60_000 }), true);
      assert(late > 0);
      assert.deepEqual((await there.claim("a", { ...claim, token: "u" })).record, lost);
      client.disconnect();
    }],
  ];
}
