// The committed vectors are those that React makes today.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { COMMITTED, indexOf, remake } from "./vectors.mjs";

for (const entry of await indexOf(COMMITTED)) {
  test(`${entry.expected} is what React makes today`, async () => {
    for (const [path, made] of Object.entries(await remake(entry))) {
      const committed = await readFile(join(COMMITTED, path));
      if (path.endsWith(".bin")) assert.deepEqual(Buffer.from(made), committed);
      else assert.equal(Buffer.from(made).toString(), committed.toString());
    }
  });
}
