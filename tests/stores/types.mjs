// The clients that people have, with their own types, are clients of the stores: the compiler accepts `types.ts`.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const FLAGS = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--lib", "es2023,dom,dom.iterable", "--module", "nodenext", "--types", ""];

export const drivers = ["types"];

export async function start() {
  const cases = [["each client is accepted by its own types", () => {
    const tsc = path.join(here, "../../pkg/node_modules/typescript/bin/tsc");
    const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, ...FLAGS, "types.ts"], { cwd: here, encoding: "utf8" });
    assert.equal(status, 0, stdout + stderr);
  }]];
  return { suites: [{ name: "types", isAlone: true, make: () => ({}), cases }], stop: async () => {} };
}
