// Tests every store: the package's own, and the two of the fixture app.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { Worker } from "node:worker_threads";
import { memoryStore } from "../server.js";
import { fileStore } from "../../tests/next/app/idempotency/files.mjs";
import { sqlite, sqliteStore } from "../../tests/next/app/idempotency/sqlite.mjs";
import { testStore } from "./stores.js";

const root = mkdtempSync(path.join(tmpdir(), "actionlane-stores-"));
after(() => rmSync(root, { recursive: true, force: true }));
let made = 0;
const place = () => path.join(root, String((made += 1)));

testStore("memoryStore", memoryStore);
testStore("fileStore", () => fileStore(place()));
if (sqlite) testStore("sqliteStore", () => sqliteStore(place()));

for (const [name, make, file] of [["fileStore", fileStore, "files"], ["sqliteStore", sqliteStore, "sqlite"]]) {
  const skip = name === "sqliteStore" && !sqlite && "this Node.js has no node:sqlite";
  test(`${name}: of four threads exactly one gets each claim, new or left by a dead process`, { skip }, async () => {
    const at = place();
    const store = make(at);
    const ids = Array.from({ length: 50 }, (_, i) => `id${i}`);
    for (const id of ids.slice(25)) await store.claim(id, { token: "dead", fingerprint: null, now: 0, until: 10 });
    const here = new Int32Array(new SharedArrayBuffer(4));
    const module = new URL(`../../tests/next/app/idempotency/${file}.mjs`, import.meta.url).href;
    const workers = Array.from({ length: 4 }, (_, i) => new Worker(THREAD, { eval: true, workerData: { module, name, at, ids, here, token: `t${i}` } }));
    const claimed = await Promise.all(workers.map(async (worker) => (await once(worker, "message"))[0]));
    assert.deepEqual(claimed.flat().sort(), ids.toSorted());
  });
}

const THREAD = `
  const { parentPort, workerData: { module, name, at, ids, here, token } } = require("node:worker_threads");
  import(module).then(async (stores) => {
    const store = stores[name](at);
    // All threads begin together.
    if (Atomics.add(here, 0, 1) === 3) Atomics.notify(here, 0);
    for (let seen; (seen = Atomics.load(here, 0)) < 4; ) Atomics.wait(here, 0, seen, 10_000);
    const mine = [];
    for (const id of ids) if ((await store.claim(id, { token, fingerprint: null, now: 10, until: 20 })).state === "claimed") mine.push(id);
    parentPort.postMessage(mine);
  });
`;
