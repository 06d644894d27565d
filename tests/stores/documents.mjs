// Runs the code of `docs/stores.md`, block by block, against real servers. The block of an edge route runs in a real
// edge runtime too: `edge.mjs`.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { idempotent } from "../../pkg/server.js";
import { blocksOf } from "./blocks.mjs";
import { startRest } from "./rest.mjs";
import { startPostgres, startRedis } from "./servers.mjs";
import { programWithSqlite } from "./sqlite.mjs";

const pkg = new URL("../../pkg/", import.meta.url);
const { transformSync } = createRequire(new URL("package.json", pkg))("esbuild");
const blocks = blocksOf("stores");
/** Blocks find the drivers here. */
const dir = fileURLToPath(new URL("node_modules/.documents/", import.meta.url));

export const drivers = ["docs/stores.md"];

export async function start() {
  const redis = await startRedis();
  const rest = await startRest({ redisUrl: redis.url });
  const postgres = await startPostgres();
  Object.assign(process.env, { REDIS_URL: redis.url, KV_REST_API_URL: rest.url, KV_REST_API_TOKEN: rest.token, DATABASE_URL: postgres.url });
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  // The clients of the blocks say by this that their servers have ended.
  const { error } = console;
  let isOver = false;
  console.error = (...args) => isOver || error(...args);
  const stop = async () => {
    isOver = true;
    await Promise.all([rest.stop(), redis.stop(), postgres.stop()]);
  };
  return { suites: [{ name: drivers[0], isAlone: true, make: () => ({}), cases }], stop };
}

/** Writes a block as a module, in JavaScript, and returns its address. */
function moduleOf(number, { name = String(number), before = "" } = {}) {
  const file = path.join(dir, `${name}.mjs`);
  const code = before + blocks[number - 1].code;
  const own = (_, entry) => `"${new URL(`${entry}.js`, pkg).href}"`;
  writeFileSync(file, transformSync(code, { loader: "ts" }).code.replace(/"actionlane\/([\w/]+)"/g, own));
  return pathToFileURL(file).href;
}

const key = { user: "ada", action: "charge", key: "8e03978e" };

/** A store that a block exports answers the second call from the first. */
async function isStore({ store }, of = key) {
  assert.equal(await idempotent(of, () => "paid", store), "paid");
  assert.equal(await idempotent(of, () => assert.fail("ran twice"), store), "paid");
}

async function accounts(cents) {
  const { default: connect } = await import("postgres");
  const sql = connect(process.env.DATABASE_URL, { onnotice() {} });
  await sql`DROP TABLE IF EXISTS accounts`;
  await sql`CREATE TABLE accounts (id text PRIMARY KEY, cents int)`;
  await sql`INSERT INTO accounts ${sql(Object.entries(cents).map(([id, cents]) => ({ id, cents })))}`;
  return async () => Object.fromEntries((await sql`SELECT id, cents FROM accounts ORDER BY id`).map(({ id, cents }) => [id, cents]));
}

const cases = [
  ["there are seven blocks", () => assert.equal(blocks.length, 7)],
  ["the store in Redis", async () => isStore(await import(moduleOf(1)))],
  ["the route over HTTP answers the second request from the first", async () => {
    const { POST } = await import(moduleOf(2));
    const post = () => POST(new Request("http://x/", { method: "POST", headers: { "idempotency-key": '"k"' } }));
    const [first, second] = [await post(), await post()];
    assert.deepEqual([first.headers.get("idempotent-replayed"), second.headers.get("idempotent-replayed")], [null, "true"]);
    assert.deepEqual(await second.json(), await first.json());
  }],
  ["the store in PostgreSQL", async () => isStore(await import(moduleOf(3)))],
  ["a connection that the server ends in a transaction is logged, and does not end the process", async () => {
    const { error } = console;
    const said = [];
    console.error = ({ message }) => said.push(message);
    const { pool } = await import(moduleOf(3, { name: "ended", before: "export { pool };\n" }));
    console.error = error;
    const tx = await pool.connect();
    const { rows: [{ pid }] } = await tx.query("SELECT pg_backend_pid() AS pid");
    await tx.query("BEGIN");
    const ended = new Promise((resolve) => tx.once("end", resolve));
    await pool.query("SELECT pg_terminate_backend($1)", [pid]);
    await ended;
    tx.release();
    assert.match(said[0], /terminating connection/);
    assert.equal((await pool.query("SELECT 1 AS one")).rows[0].one, 1);
  }],
  ["the store with Drizzle, on the same table", async () => isStore(await import(moduleOf(4)), { ...key, key: "drizzle" })],
  ["a transfer and its record are committed together", async () => {
    const now = await accounts({ a: 500, b: 0 });
    Object.assign(globalThis, { key: { ...key, key: "transfer" }, from: "a", to: "b", amount: 200 });
    const { transfer } = await import(moduleOf(5));
    for (let n = 0; n < 2; n += 1) assert.deepEqual(await transfer(), { sent: 200 });
    assert.deepEqual(await now(), { a: 300, b: 200 });
  }],
  ["serializable transfers that conflict are each done once", async () => {
    const now = await accounts({ a: 500 });
    Object.assign(globalThis, { from: "a", amount: 10 });
    const names = ["one", "two", "three"];
    const modules = await Promise.all(names.map((name) => {
      const before = `const key = ${JSON.stringify({ ...key, key: name })};\n`;
      return import(moduleOf(6, { name, before }));
    }));
    for (let n = 0; n < 2; n += 1) await Promise.all(modules.map(({ transfer }) => transfer()));
    assert.deepEqual(await now(), { a: 470 });
  }],
  ["the store in SQLite", async () => {
    const cwd = mkdtempSync(path.join(tmpdir(), "actionlane-documents-"));
    const check = `const { store } = await import(${JSON.stringify(moduleOf(7))});
      const claim = (token) => store.claim("a", { token, fingerprint: null, leaseMs: 60_000 }).state;
      console.log(claim("t"), claim("u"));
      process.exit();`;
    const { stdout, stderr } = spawnSync(programWithSqlite(), ["--input-type=module", "-e", check], { cwd, encoding: "utf8" });
    rmSync(cwd, { recursive: true, force: true });
    assert.equal(stdout, "claimed running\n", stderr);
  }],
  ["connections to the file in SQLite that are made together are all made", () => {
    const cwd = mkdtempSync(path.join(tmpdir(), "actionlane-documents-"));
    const { stdout, stderr } = spawnSync(programWithSqlite(), ["--input-type=module", "-e", TOGETHER, moduleOf(7)], { cwd, encoding: "utf8" });
    rmSync(cwd, { recursive: true, force: true });
    assert.equal(stdout, "claimed\n".repeat(ROUNDS * THREADS), stderr);
  }],
];

const ROUNDS = 8;
const THREADS = 4;

/** Opens a new file by several threads at once, in each round. Prints what each says. */
const TOGETHER = `
  import { once } from "node:events";
  import { mkdirSync } from "node:fs";
  import { Worker } from "node:worker_threads";
  const thread = \`
    const { parentPort, workerData: { module, here } } = process.getBuiltinModule("node:worker_threads");
    if (Atomics.add(here, 0, 1) === ${THREADS - 1}) Atomics.notify(here, 0);
    for (let seen; (seen = Atomics.load(here, 0)) < ${THREADS}; ) Atomics.wait(here, 0, seen, 10_000);
    import(module)
      .then(({ store }) => store.claim(String(Math.random()), { token: "t", fingerprint: null, leaseMs: 60_000 }).state)
      .then((said) => parentPort.postMessage(said), (error) => parentPort.postMessage(error.message));
  \`;
  for (let round = 0; round < ${ROUNDS}; round += 1) {
    mkdirSync(String(round));
    process.chdir(String(round));
    const workerData = { module: process.argv[1], here: new Int32Array(new SharedArrayBuffer(4)) };
    const workers = Array.from({ length: ${THREADS} }, () => new Worker(thread, { eval: true, workerData }));
    for (const [said] of await Promise.all(workers.map((worker) => once(worker, "message")))) console.log(said);
    await Promise.all(workers.map((worker) => worker.terminate()));
    process.chdir("..");
  }
  process.exit();
`;
