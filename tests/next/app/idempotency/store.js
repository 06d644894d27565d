import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileStore } from "./files.mjs";
import { sqlite, sqliteStore } from "./sqlite.mjs";

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
  return sqlite ? sqliteStore(path.join(dir, "calls.sqlite")) : fileStore(path.join(dir, "calls"));
}
