// Runs the code of docs/outbox-server.md on PostgreSQL, with a crash in each place that the document names:
//
//   node outbox.mjs [name] [--built] [--out DIR]
//
// The action runs in Next servers behind a proxy and is called from Chromium, the worker in a process of its own, and
// the other service in a Next server of its own. A name runs the checks that contain it. No step waits for a time: a
// process is killed where the test holds it. The last lines are `pass N` and `fail N`.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { browse, until } from "../next/shared/browser.mjs";
import { pkg } from "../next/shared/packages.mjs";
import { finish, judge, perform } from "../next/shared/tally.mjs";
import { blocksOf } from "./blocks.mjs";
import { OPTIONS, build } from "./build.mjs";
import { startFleet, startServer } from "./fleet.mjs";
import { poolOf } from "./pool.mjs";
import { startProxy } from "./proxy.mjs";
import { startPostgres } from "./servers.mjs";
import { startWorld } from "./world.mjs";

const { values, positionals: [only = ""] } = parseArgs({
  allowPositionals: true,
  options: OPTIONS,
});
const [table, , worker] = blocksOf("outbox-server");
const dir = build(values);
const ends = [];
const ending = (it, how = "end") => {
  ends.unshift(() => it[how]());
  return it;
};

let parcels = []; // the effects of the other service
let deliveries = []; // the requests that the worker has sent
let gate; // holds a delivery: "before" it comes to the service, or "after" the service has done it
let atGate;
let onAnswer; // acts between the server's answer and the browser
let checked = 0;

try {
  const database = ending(await startPostgres(), "stop");
  const pool = ending(poolOf(database.url));
  const { postgresStore } = await import("../../pkg/server/postgres.js");
  await postgresStore(pool).migrate();
  await pool.query("CREATE TABLE orders (number serial PRIMARY KEY, sku text NOT NULL, quantity integer NOT NULL)");
  await pool.query(table.code);

  let service;
  const world = ending(await startWorld({
    parcel: ({ order }) => ({ parcel: parcels.push(order) }),
    async shipping(body, headers) {
      deliveries.push(headers);
      const [held, reached] = [gate, atGate];
      gate = undefined;
      if (held === "before") return reached(new Promise(() => {}));
      const kept = Object.fromEntries(["content-type", "idempotency-key", "x-request-id", "traceparent"].map((name) => [name, headers[name]]));
      const answer = await fetch(`${service.url}/ship`, { method: "POST", headers: kept, body: JSON.stringify(body) });
      if (held === "after") return reached(new Promise(() => {}));
      return new Response(await answer.text(), { status: answer.status });
    },
  }));
  const env = { STORE: "postgres", STORE_URL: database.url, WORLD: world.url };
  service = ending(await startServer(dir, { ...env, SERVER: "service" }), "kill");
  const fleet = ending(await startFleet(dir, 2, () => env));
  const proxy = ending(await startProxy({ running: fleet.running, plan: () => ({ after: onAnswer }) }));
  const tab = ending(await browse());
  const runWorker = workerOf({ ...env, DRIVERS: fileURLToPath(new URL("package.json", import.meta.url)) });
  await runChecks({ pool, fleet, proxy, tab, runWorker });
} catch (error) {
  judge("the run", error.stack);
} finally {
  for (const end of ends) await end();
}
finish();

async function runChecks({ pool, fleet, proxy, tab, runWorker }) {
  const count = async (table) => Number((await pool.query(`SELECT count(*) FROM ${table}`)).rows[0].count);
  const firstMessage = async () => (await pool.query("SELECT * FROM outbox")).rows[0];

  /** Begins a call in the page, and does not wait for it. */
  async function place(key) {
    await tab.run(async (key) => {
      const { refs, createDispatcher } = window.stores;
      const actions = createDispatcher({ trace: { requestId: true }, retry: { limit: 50, delay: 100, budget: 60_000 } });
      window.placed = actions.call(refs.placeOrder, ["book", 2], { idempotencyKey: key, trace: { requestId: `click:${key}` } });
      window.placed.catch(() => {});
    }, key);
  }
  const number = () => tab.run(async () => window.placed.then((value) => value, ({ code, message }) => `${code}: ${message}`));

  async function check(says, run) {
    if (!says.includes(only)) return;
    checked += 1;
    await perform(says, async () => {
      await pool.query("TRUNCATE orders, outbox RESTART IDENTITY");
      [parcels, deliveries, gate, onAnswer] = [[], [], undefined, undefined];
      await until(() => fleet.running().length === 2);
      await tab.open(proxy.url);
      await tab.until(async () => window.stores !== undefined);
      await run(`order-${checked}`);
    }, async () => fleet.running().flatMap(({ log }) => log.slice(-5)));
  }

  /** Runs a worker until the outbox is empty. */
  async function deliver() {
    const worker = runWorker();
    await until(async () => (await count("outbox")) === 0);
    await worker.kill();
  }

  /** Lets a worker come as far as the gate, and kills it there. */
  async function killWorkerAt(where) {
    gate = where;
    const worker = runWorker();
    await new Promise((resolve) => (atGate = (held) => {
      resolve();
      return held;
    }));
    await worker.kill();
    assert.equal(await count("outbox"), 1, "the message is kept");
    // Its time until it is due again would pass.
    await pool.query("UPDATE outbox SET due = now()");
  }

  const shippedOnce = (times) => {
    assert.deepEqual(parcels, [{ number: 1, sku: "book", quantity: 2 }]);
    assert.equal(deliveries.length, times);
    assert.equal(new Set(deliveries.map((headers) => headers["idempotency-key"])).size, 1);
  };

  await check("an order and its message are stored together, and the message is sent under the id of the call", async (key) => {
    await place(key);
    assert.equal(await number(), 1);
    const message = await firstMessage();
    assert.match(message.id, /^[0-9a-f]{64}$/);
    await deliver();
    shippedOnce(1);
    const [headers] = deliveries;
    assert.equal(headers["idempotency-key"], `"${message.id}"`);
    assert.deepEqual([headers["x-request-id"], headers.traceparent], [`click:${key}`, message.traceparent]);
  });

  await check("an order that is sent twice is one order and one message", async (key) => {
    await place(key);
    assert.equal(await number(), 1);
    await place(key);
    assert.equal(await number(), 1);
    assert.deepEqual([await count("orders"), await count("outbox")], [1, 1]);
  });

  await check("a server that dies before it commits leaves nothing, and the next attempt runs", async (key) => {
    const holder = await pool.connect();
    try {
      await holder.query("BEGIN");
      await holder.query("LOCK TABLE outbox IN EXCLUSIVE MODE");
      await place(key);
      const waits = "SELECT application_name AS server FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'INSERT INTO outbox%'";
      await until(async () => (await pool.query(waits)).rows.length === 1);
      assert.equal(await count("orders"), 0, "the order is not committed");
      await fleet.kill((await pool.query(waits)).rows[0].server);
    } finally {
      await holder.query("ROLLBACK");
      holder.release();
    }
    assert.equal(typeof (await number()), "number");
    assert.deepEqual([await count("orders"), await count("outbox")], [1, 1]);
  });

  await check("a server that dies after it has committed has left all, and the next attempt gets its number", async (key) => {
    let died;
    onAnswer = async ({ name }) => {
      onAnswer = undefined;
      died = name;
      await fleet.kill(name);
      return "cut";
    };
    await place(key);
    assert.equal(await number(), 1);
    assert.ok(fleet.killed.has(died));
    assert.deepEqual([await count("orders"), await count("outbox")], [1, 1]);
    await deliver();
    shippedOnce(1);
  });

  await check("a worker that dies before it has sent loses no message", async (key) => {
    await place(key);
    assert.equal(await number(), 1);
    await killWorkerAt("before");
    assert.deepEqual(parcels, []);
    await deliver();
    shippedOnce(2);
  });

  await check("a message that is sent twice, because a worker died, counts once", async (key) => {
    await place(key);
    assert.equal(await number(), 1);
    await killWorkerAt("after");
    assert.equal(parcels.length, 1);
    await deliver();
    shippedOnce(2);
  });

  await check("three workers send each message once", async (key) => {
    const body = { number: 1, sku: "book", quantity: 2 };
    const headers = ["click:many", `00-${"a".repeat(32)}-${"b".repeat(16)}-01`];
    for (let n = 0; n < 30; n += 1) {
      await pool.query("INSERT INTO outbox (id, body, request_id, traceparent) VALUES ($1, $2, $3, $4)", [`${key}-${n}`, JSON.stringify(body), ...headers]);
    }
    const workers = [runWorker(), runWorker(), runWorker()];
    await until(async () => (await count("outbox")) === 0);
    for (const worker of workers) await worker.kill();
    assert.deepEqual([deliveries.length, parcels.length], [30, 30]);
    assert.equal(new Set(deliveries.map((headers) => headers["idempotency-key"])).size, 30);
  });
}

/** Returns a function that starts a process with the worker of the document. */
function workerOf(env) {
  const { transformSync } = createRequire(path.join(pkg, "package.json"))("esbuild");
  const file = path.join(dir, "worker.mjs");
  const given = `import { createRequire } from "node:module";
globalThis.pool = new (createRequire(process.env.DRIVERS)("pg").Pool)({ connectionString: process.env.STORE_URL });
globalThis.shipping = process.env.WORLD + "/shipping";
`;
  writeFileSync(file, `${given}${transformSync(worker.code, { loader: "ts" }).code}\nawait work(new AbortController().signal);\n`);
  return () => {
    const child = spawn(process.execPath, [file], { env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "inherit"] });
    const ended = once(child, "exit");
    return {
      async kill() {
        child.kill("SIGKILL");
        await ended;
      },
    };
  };
}
