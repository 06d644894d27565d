// Packing the package from a clone that was not built.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

test("a package without its built files is not packed", () => {
  const pkg = fileURLToPath(new URL("..", import.meta.url));
  const copy = mkdtempSync(path.join(tmpdir(), "actionlane-"));
  try {
    const skipped = ["node_modules", "test", "wasm"].map((name) => path.join(pkg, name));
    cpSync(pkg, copy, { recursive: true, filter: (file) => !skipped.includes(file) });
    const { status, stderr } = spawnSync("npm", ["pack", "--dry-run"], { cwd: copy, encoding: "utf8" });
    assert.notEqual(status, 0);
    assert.match(stderr, /files are missing: wasm\/dispatcher\.js, .*\n.*Run cargo xtask build first/);
  } finally {
    rmSync(copy, { recursive: true });
  }
});
