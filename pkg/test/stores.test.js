// Tests the stores that need no server: the package's own, and that of the fixture app. `tests/stores/run.mjs` runs the
// same cases against real servers.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { Worker } from "node:worker_threads";
import { memoryStore } from "../server.js";
import { sqliteStore } from "../server/sqlite.js";
import { fileStore } from "../../tests/next/app/idempotency/files.mjs";
import { testStore } from "./stores.js";

/** The module `node:sqlite`; undefined before Node.js 22.13. */
const sqlite = process.getBuiltinModule?.("node:sqlite");
const root = mkdtempSync(path.join(tmpdir(), "actionlane-stores-"));
after(() => rmSync(root, { recursive: true, force: true }));
let made = 0;
const place = () => path.join(root, String((made += 1)));

testStore("memoryStore", () => ({ store: memoryStore(), renews: true }));
testStore("fileStore", () => ({ store: fileStore(place()), renews: true }));
if (sqlite) {
  testStore("sqliteStore", () => {
    const db = new sqlite.DatabaseSync(":memory:");
    const evict = (id) => db.prepare("DELETE FROM actionlane_calls WHERE id = ?").run(id);
    return { store: sqliteStore(db, { maxBytes: 1_000 }), evict, bound: 1_000, renews: true };
  });
}

test("fileStore: of four threads exactly one gets each claim, new or left by a dead process", async () => {
  const at = place();
  const store = fileStore(at);
  const ids = Array.from({ length: 50 }, (_, i) => `id${i}`);
  for (const id of ids.slice(25)) await store.claim(id, { token: "dead", fingerprint: null, leaseMs: -1 });
  const here = new Int32Array(new SharedArrayBuffer(4));
  const module = new URL("../../tests/next/app/idempotency/files.mjs", import.meta.url).href;
  const workers = Array.from({ length: 4 }, (_, i) => new Worker(THREAD, { eval: true, workerData: { module, at, ids, here, token: `t${i}` } }));
  const claimed = await Promise.all(workers.map(async (worker) => (await once(worker, "message"))[0]));
  assert.deepEqual(claimed.flat().sort(), ids.toSorted());
});

const THREAD = `
  const { parentPort, workerData: { module, at, ids, here, token } } = require("node:worker_threads");
  import(module).then(async ({ fileStore }) => {
    const store = fileStore(at);
    // All threads begin together.
    if (Atomics.add(here, 0, 1) === 3) Atomics.notify(here, 0);
    for (let seen; (seen = Atomics.load(here, 0)) < 4; ) Atomics.wait(here, 0, seen, 10_000);
    const mine = [];
    for (const id of ids) if ((await store.claim(id, { token, fingerprint: null, leaseMs: 60_000 })).state === "claimed") mine.push(id);
    parentPort.postMessage(mine);
  });
`;
