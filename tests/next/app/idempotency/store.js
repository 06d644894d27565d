import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { sqliteStore } from "actionlane/server/sqlite";
import { fileStore } from "./files.mjs";

/**
 * Returns the store of this server, in the directory FIXTURE_STORE, or in a new one for this process. Opened on
 * first use, not during a build.
 */
export function store() {
  return (globalThis.fixtureStore ??= open());
}

function open() {
  const dir = process.env.FIXTURE_STORE ?? path.join(tmpdir(), `actionlane-fixture-${process.pid}`);
  mkdirSync(dir, { recursive: true });
  // Before Node.js 22.13 there is no `node:sqlite`.
  const sqlite = process.getBuiltinModule?.("node:sqlite");
  if (!sqlite) return fileStore(path.join(dir, "calls"));
  const db = new sqlite.DatabaseSync(path.join(dir, "calls.sqlite"));
  db.exec("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL");
  return sqliteStore(db);
}
