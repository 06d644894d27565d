// Measures claim and finish of each store beside the same by hand, in one run:
//
//   node bench.mjs [store …] [--rounds 2000] [--json]
//
// By hand means with the same driver, in two statements and with nothing of what a store adds: no fingerprint, no
// comparison of tokens, no encoding. The two take turns, so that both see the same machine. Prints p50 and p99 in
// microseconds. A Node.js without `node:sqlite` runs that store in the newer one of the packages. Fails only if it
// cannot measure: on a busy machine the figures say little.
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { postgresStore } from "../../pkg/server/postgres.js";
import { redisStore } from "../../pkg/server/redis.js";
import { sqliteStore } from "../../pkg/server/sqlite.js";
import { poolOf } from "./pool.mjs";
import { startPostgres, startRedis } from "./servers.mjs";
import { programWithSqlite } from "./sqlite.mjs";

const require = createRequire(import.meta.url);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "2000" }, json: { type: "boolean", default: false } },
});
const rounds = Number(values.rounds);
const LEASE_MS = 60_000, TTL_MS = 86_400_000;
const result = { type: "value", value: { session: "cs_12", amount: 4200, paid: true } };

/** Each store, and the same by hand. `end` stops what was started. */
const CONTENDERS = {
  async redis() {
    const server = await startRedis({ appendfsync: "always" });
    const client = await require("redis").createClient({ url: server.url }).connect();
    const text = JSON.stringify(result);
    return {
      store: redisStore(client),
      async byHand(id, token) {
        await client.set(`hand:${id}`, token, { NX: true, PX: LEASE_MS });
        await client.set(`hand:${id}`, text, { XX: true, PX: TTL_MS });
      },
      async end() {
        client.destroy();
        await server.stop();
      },
    };
  },
  async postgres() {
    const server = await startPostgres();
    const pool = poolOf(server.url, { max: 1 });
    const store = postgresStore(pool);
    await store.migrate();
    await pool.query("CREATE TABLE hand (id text PRIMARY KEY, token text NOT NULL, until timestamptz NOT NULL, record text)");
    const claim = "INSERT INTO hand (id, token, until) VALUES ($1, $2, now() + interval '1 minute') ON CONFLICT DO NOTHING";
    const finish = "UPDATE hand SET record = $3, until = now() + interval '1 day' WHERE id = $1 AND token = $2";
    const text = JSON.stringify(result);
    return {
      store,
      async byHand(id, token) {
        await pool.query(claim, [id, token]);
        await pool.query(finish, [id, token, text]);
      },
      async end() {
        await pool.end();
        await server.stop();
      },
    };
  },
  async sqlite() {
    const dir = mkdtempSync(path.join(tmpdir(), "actionlane-bench-"));
    const db = new (process.getBuiltinModule("node:sqlite").DatabaseSync)(path.join(dir, "calls.sqlite"));
    db.exec("PRAGMA journal_mode = WAL");
    db.exec("CREATE TABLE hand (id TEXT PRIMARY KEY, token TEXT NOT NULL, until REAL NOT NULL, record TEXT)");
    const claim = db.prepare("INSERT INTO hand (id, token, until) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
    const finish = db.prepare("UPDATE hand SET record = ?, until = ? WHERE id = ? AND token = ?");
    const text = JSON.stringify(result);
    return {
      store: sqliteStore(db),
      async byHand(id, token) {
        claim.run(id, token, Date.now() + LEASE_MS);
        finish.run(text, Date.now() + TTL_MS, id, token);
      },
      async end() {
        db.close();
        rmSync(dir, { recursive: true, force: true });
      },
    };
  },
};

const measured = {};
for (const name of positionals.length > 0 ? positionals : Object.keys(CONTENDERS)) {
  if (name === "sqlite" && programWithSqlite() !== process.execPath) {
    const args = [fileURLToPath(import.meta.url), name, "--rounds", values.rounds, "--json"];
    Object.assign(measured, JSON.parse(execFileSync(programWithSqlite(), args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })));
    show(name);
    continue;
  }
  const contender = await CONTENDERS[name]();
  try {
    measured[name] = await measure(contender);
  } finally {
    await contender.end();
  }
  show(name);
}
if (values.json) console.log(JSON.stringify(measured));

function show(name) {
  if (values.json) return;
  const { store, byHand } = measured[name];
  const ratio = (of) => (store[of] / byHand[of]).toFixed(2);
  console.log(`${name}: store ${store.p50} / ${store.p99} µs, by hand ${byHand.p50} / ${byHand.p99} µs (p50 / p99), ratios ${ratio("p50")} / ${ratio("p99")}`);
}

async function measure({ store, byHand }) {
  const once = async (id, token) => {
    const claim = await store.claim(id, { token, fingerprint: null, leaseMs: LEASE_MS });
    if (claim.state !== "claimed") throw new Error(`the claim of a new id is ${claim.state}`);
    if (!(await store.finish(id, { token, fingerprint: null, record: result, ttlMs: TTL_MS }))) throw new Error("a result was not stored");
  };
  const times = { store: [], byHand: [] };
  for (let n = 0; n < rounds * 1.1; n += 1) {
    for (const [name, run] of [["store", once], ["byHand", byHand]]) {
      const [id, token] = [randomUUID(), randomUUID()];
      const start = performance.now();
      await run(id, token);
      if (n >= rounds * 0.1) times[name].push(performance.now() - start); // the first tenth warms up
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, summary(list)]));
}

/** Returns percentiles in whole microseconds. */
function summary(list) {
  const sorted = list.toSorted((a, b) => a - b);
  const at = (share) => Math.round(1000 * sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]);
  return { p50: at(0.5), p99: at(0.99) };
}
