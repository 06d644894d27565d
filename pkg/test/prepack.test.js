// Packing the package from a clone that was not built, and from one that was built in part.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { copyOf } from "./copies.js";

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

test("an empty directory is missing, and so is a file that an export leads to", async () => {
  const copy = await copyOf(["package.json", "prepack.js"]);
  const dir = fileURLToPath(copy.file(""));
  const isDirectory = (file) => path.extname(file) === "";
  const put = (file) => {
    mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    writeFileSync(path.join(dir, file), "");
  };
  const checked = () => {
    const { status, stderr } = spawnSync(process.execPath, ["prepack.js"], { cwd: dir, encoding: "utf8" });
    return { status, missing: /are missing: (.*)/.exec(stderr)?.[1].split(", ") ?? [] };
  };
  try {
    const { files } = JSON.parse(readFileSync(path.join(dir, "package.json"), "utf8"));
    for (const file of files) isDirectory(file) ? mkdirSync(path.join(dir, file), { recursive: true }) : put(file);
    const { status, missing } = checked();
    assert.equal(status, 1);
    for (const file of ["dist", "docs", "lib", "./react/index.js", "./dist/actionlane.js", "./bin/actionlane.js"]) assert.ok(missing.includes(file), file);
    for (const file of missing) put(isDirectory(file) ? path.join(file, "any") : file);
    assert.deepEqual(checked(), { status: 0, missing: [] });
  } finally {
    await copy.remove();
  }
});
