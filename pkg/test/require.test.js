// The entry for `require`: callers in CommonJS, with and without modules that Node.js gives to `require`.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

function required(flags) {
  const code = 'console.log(Object.keys(require("actionlane")).sort().join())';
  return spawnSync(process.execPath, [...flags, "-e", code], { cwd: new URL("..", import.meta.url), encoding: "utf8" });
}

const canRequire = process.features.require_module;

test("require gives the exports of import", { skip: !canRequire }, async () => {
  const { stdout } = required([]);
  assert.equal(stdout.trim(), Object.keys(await import("actionlane")).sort().join());
});

test("require says what to write where Node.js cannot load a module by it", () => {
  const { status, stderr } = required(canRequire ? ["--no-experimental-require-module"] : []);
  assert.equal(status, 1);
  assert.match(stderr, /actionlane is an ES module, .*write await import\("actionlane"\)/);
  assert.match(stderr, /ERR_REQUIRE_ESM/);
});
