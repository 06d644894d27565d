// Makes thousands of calls from two browsers to four Next servers that are killed in their work, and checks that each
// call has settled and each effect has taken place once:
//
//   node soak.mjs [store …] [--calls 2000] [--faults 0.05] [--seed 1] [--no-restart] [--built] [--out DIR]
//
// A store is `redis`, `postgres`, `transaction` (PostgreSQL, with the effect in the transaction of claim and record),
// `sqlite`, or `none`: without a store, effects must be seen to take place twice. By default, all. A round-robin proxy
// spoils a share of the requests, before or after the action has run. Every two seconds, the next server that asks for
// its effect is killed there, so that it dies between effect and record. In the middle, the server of the store is
// restarted. The last lines are `pass N` and `fail N`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { browse } from "../next/shared/browser.mjs";
import { finish, judge } from "../next/shared/tally.mjs";
import { OPTIONS, build } from "./build.mjs";
import { startFleet } from "./fleet.mjs";
import { poolOf } from "./pool.mjs";
import { AFTER, BEFORE, startProxy } from "./proxy.mjs";
import { startPostgres, startRedis } from "./servers.mjs";
import { programWithSqlite } from "./sqlite.mjs";
import { startWorld } from "./world.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    calls: { type: "string", default: "2000" },
    faults: { type: "string", default: "0.05" },
    seed: { type: "string", default: "1" },
    "no-restart": { type: "boolean", default: false },
    ...OPTIONS,
  },
});
const [calls, faults, seed] = [values.calls, values.faults, values.seed].map(Number);
const SERVERS = 4;
const KILL_EVERY_MS = 2_000;
/** Time without a settled call after which the open calls count as lost. */
const PATIENCE_MS = 90_000;

/** Starts each kind of store. `restart` is absent where there is no server. */
const STORES = {
  redis: () => startRedis({ appendfsync: "always" }),
  postgres: startPostgres,
  transaction: startPostgres,
  sqlite() {
    const dir = mkdtempSync(path.join(tmpdir(), "actionlane-soak-"));
    return { url: path.join(dir, "calls.sqlite"), stop: () => rmSync(dir, { recursive: true, force: true }) };
  },
  none: () => ({ url: "", stop() {} }),
};

const chosen = positionals.length > 0 ? positionals : Object.keys(STORES);
const unknown = chosen.filter((name) => !(name in STORES));
if (unknown.length > 0) throw new Error(`there is no store ${unknown.join(", ")}`);
const dir = build(values);
for (const name of chosen) {
  try {
    await soak(name);
  } catch (error) {
    judge(`${name}: the soak`, error.stack);
  }
}
finish();

async function soak(name) {
  const ends = [];
  const ending = (it, how = "end") => {
    ends.unshift(() => it[how]());
    return it;
  };
  try {
    const server = ending(await STORES[name](), "stop");
    if (name === "postgres" || name === "transaction") await prepare(server.url);
    const ledger = ledgerOf();
    const world = ending(await startWorld(ledger.does));
    const env = { STORE: name === "transaction" ? "postgres" : name, WAY: name, STORE_URL: server.url, WORLD: world.url };
    const fleet = ending(await startFleet(dir, SERVERS, () => env, name === "sqlite" ? programWithSqlite() : undefined));
    const dice = diceOf(seed);
    const drawn = {};
    const proxy = ending(await startProxy({ running: fleet.running, plan: () => draw(dice, drawn) }));
    const tabs = [];
    for (let n = 0; n < 2; n += 1) tabs.push(ending(await browse()));
    ledger.kill = fleet.kill;
    const arming = setInterval(() => {
      // On a machine too slow for it, a run would only show how long servers take to start.
      if (fleet.running().length >= SERVERS - 1) ledger.arm();
    }, KILL_EVERY_MS);
    const start = Date.now();
    let results, restarts = 0;
    try {
      const restart = values["no-restart"] || !server.restart ? undefined : async () => {
        await server.restart();
        restarts += 1;
      };
      results = await call(tabs, proxy.url, name, restart);
    } finally {
      clearInterval(arming);
      ledger.disarm();
    }
    const seconds = Math.round((Date.now() - start) / 1000);
    const repeated = results.reduce((sum, { repeated }) => sum + repeated, 0);
    const said = Object.entries(drawn).map(([fault, times]) => `${fault} × ${times}`).join(", ");
    console.log(`${name}: ${calls} calls in ${seconds} s, ${fleet.killed.size} servers killed, the store restarted × ${restarts}, ${said}; clicked again ${repeated}; errors ${JSON.stringify(results.map(({ codes }) => codes))}`);
    if (server.restart && !values["no-restart"]) judge(`${name}: the server of the store was restarted in the middle`, restarts === 1 ? undefined : `${restarts} times`);
    await check(name, { results, ledger, fleet, drawn, url: server.url });
  } finally {
    for (const end of ends) await end();
  }
}

/** Makes all calls, half of them in each browser, and restarts the store once half of them have settled. */
async function call(tabs, url, name, restart) {
  const each = Math.ceil(calls / tabs.length);
  for (const [n, tab] of tabs.entries()) {
    await tab.open(url);
    await tab.until(async () => window.stores !== undefined);
    await tab.run(async (prefix) => window.stores.soak.begin(prefix), `${name}-${n}`);
  }
  let settled = 0, since = Date.now(), restarted;
  while (settled < each * tabs.length && Date.now() - since < PATIENCE_MS) {
    const counts = await Promise.all(tabs.map((tab) => tab.run(async (count) => window.stores.soak.run(count), each)));
    const now = counts.reduce((a, b) => a + b);
    if (now > settled) [settled, since] = [now, Date.now()];
    console.log(`${name}: ${settled} calls have settled`);
    if (restart && settled * 2 >= calls) restarted ??= restart();
  }
  await restarted;
  return Promise.all(tabs.map((tab) => tab.run(async () => window.stores.soak.results())));
}

async function check(name, { results, ledger, fleet, drawn, url }) {
  const names = results.flatMap(({ made }, tab) => Array.from({ length: made }, (_, n) => `${name}-${tab}-${n}`));
  const settled = results.reduce((sum, { settled }) => sum + settled, 0);
  const wrong = (list) => (list.length > 0 ? `${list.length}: ${list.slice(0, 5).join("; ")}` : undefined);
  judge(`${name}: every call has settled`, settled !== calls || names.length !== calls ? `${settled} of ${calls}` : undefined, `${settled} calls`);
  const foreign = results.flatMap(({ values }, tab) => values.flatMap((value, n) => (value?.call === `${name}-${tab}-${n}` ? [] : [`${name}-${tab}-${n}: ${JSON.stringify(value)}`])));
  judge(`${name}: every call got its own value`, wrong(foreign));

  const counts = name === "transaction" ? await countsIn(url) : ledger.counts();
  const twice = [...counts].filter(([, times]) => times > 1).map(([call, times]) => `${call} × ${times}`);
  if (name === "none") return judge(`${name}: without a store, effects took place twice`, twice.length === 0 ? "none was" : undefined, `${twice.length} effects`);
  judge(`${name}: no effect took place twice`, wrong(twice));
  judge(`${name}: no effect was lost`, wrong(names.filter((call) => !counts.has(call))), `${counts.size} effects`);
  const again = ledger.runs.size > 0 ? [...ledger.runs].flatMap(([call, runs]) => runs.slice(0, -1).filter(({ server }) => !fleet.killed.has(server)).map(({ server }) => `${call} on ${server}`)) : ["no run"];
  // A transaction that the restart has ended is made again by the next click.
  if (name !== "transaction") judge(`${name}: a call ran again only if its server was killed`, wrong(again), `${ledger.again()} ran again`);
  const least = Math.min(3, Math.ceil(calls / 500));
  judge(`${name}: servers were killed and requests spoilt`, fleet.killed.size < least || (faults > 0 && Object.keys(drawn).length === 0) ? `${fleet.killed.size} killed` : undefined);
}

/** Keeps what has come to the world. It does an effect once for each id, as a payment provider does. */
function ledgerOf() {
  const runs = new Map(); // by call
  let isArmed = false;
  const ledger = {
    runs,
    kill: async () => {},
    arm: () => (isArmed = true),
    disarm: () => (isArmed = false),
    again: () => [...runs.values()].reduce((sum, list) => sum + list.length - 1, 0),
    /** Returns the number of effects by call: a second id would be a second payment. */
    counts: () => new Map([...runs].map(([call, list]) => [call, new Set(list.map(({ id }) => id)).size])),
    does: {
      async effect({ call, id, server }) {
        if (!runs.has(call)) runs.set(call, []);
        runs.get(call).push({ id, server });
        // A call that was hit once may get through: the last open calls would otherwise be hit each time.
        if (isArmed && runs.get(call).length === 1) {
          isArmed = false;
          await ledger.kill(server);
        }
        return { call, receipt: id };
      },
    },
  };
  return ledger;
}

/** Draws the faults of a request. */
function draw(dice, drawn) {
  if (dice() >= faults) return {};
  const when = dice() < 0.5 ? "before" : "after";
  const list = when === "before" ? BEFORE : AFTER;
  const fault = list[Math.floor(dice() * list.length)];
  drawn[`${fault} ${when}`] = (drawn[`${fault} ${when}`] ?? 0) + 1;
  return { [when]: fault };
}

/** Returns random numbers from 0 to below 1 (mulberry32). */
function diceOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes the tables in PostgreSQL. */
async function prepare(url) {
  const { postgresStore } = await import("../../pkg/server/postgres.js");
  await withPool(url, async (pool) => {
    await postgresStore(pool).migrate();
    await pool.query("CREATE TABLE effects (call text NOT NULL)"); // no key: the transaction alone keeps it once
  });
}

/** Promises the number of committed effects by call. */
function countsIn(url) {
  return withPool(url, async (pool) => {
    const { rows } = await pool.query("SELECT call, count(*)::integer AS times FROM effects GROUP BY call");
    return new Map(rows.map(({ call, times }) => [call, times]));
  });
}

async function withPool(url, use) {
  const pool = poolOf(url);
  try {
    return await use(pool);
  } finally {
    await pool.end();
  }
}
