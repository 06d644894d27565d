// Packing the package from a clone that was not built, and from one that was built in part.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const pkg = fileURLToPath(new URL("..", import.meta.url));

function inCopy(filter, act) {
  const copy = mkdtempSync(path.join(tmpdir(), "actionlane-"));
  try {
    cpSync(pkg, copy, { recursive: true, filter });
    act(copy);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

test("a package without its built files is not packed", () => {
  const skipped = ["node_modules", "test", "wasm"].map((name) => path.join(pkg, name));
  inCopy((file) => !skipped.includes(file), (copy) => {
    const { status, stderr } = spawnSync("npm", ["pack", "--dry-run"], { cwd: copy, encoding: "utf8" });
    assert.notEqual(status, 0);
    assert.match(stderr, /files are missing: wasm\/dispatcher\.js, .*\n.*Run cargo xtask build first/);
  });
});

test("an empty directory is missing, and so is a file that an export leads to", () => {
  const { files } = JSON.parse(readFileSync(path.join(pkg, "package.json"), "utf8"));
  const isDirectory = (file) => path.extname(file) === "";
  inCopy((file) => path.relative(pkg, file) === "" || /^(package\.json|prepack\.js)$/.test(path.relative(pkg, file)), (copy) => {
    const put = (file) => {
      mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
      writeFileSync(path.join(copy, file), "");
    };
    const checked = () => {
      const { status, stderr } = spawnSync(process.execPath, ["prepack.js"], { cwd: copy, encoding: "utf8" });
      return { status, missing: /are missing: (.*)/.exec(stderr)?.[1].split(", ") ?? [] };
    };
    for (const file of files) isDirectory(file) ? mkdirSync(path.join(copy, file), { recursive: true }) : put(file);
    const { status, missing } = checked();
    assert.equal(status, 1);
    for (const file of ["dist", "docs", "lib", "./react/index.js", "./dist/actionlane.js", "./bin/actionlane.js"]) assert.ok(missing.includes(file), file);
    for (const file of missing) put(isDirectory(file) ? path.join(file, "any") : file);
    assert.deepEqual(checked(), { status: 0, missing: [] });
  });
});
