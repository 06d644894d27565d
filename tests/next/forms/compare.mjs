// Performs the rows in three ways, and compares our way and that without a script to React's. Knows no browser.
import assert from "node:assert/strict";
import { COMPARED, ROWS, perform } from "./rows.mjs";

/** Returns a check for each row. */
export function comparisons(page, { ways, version }) {
  return ROWS.map((row) => ({ name: row.name, run: () => compare(row, page, ways, version) }));
}

async function compare(row, page, ways, version) {
  const react = await perform(row, page, "react");
  for (const way of ways) {
    const it = await perform(row, page, way);
    const left = [way, `${way} ${version}`].flatMap((key) => row.not?.[key] ?? []).concat(way === "native" ? ["fields"] : []);
    for (const field of COMPARED.filter((field) => !left.includes(field))) {
      assert.deepEqual(it[field], react[field], `${field}, ${way} (actual) and react (expected)`);
    }
    row[way]?.({ ...it, fields: it.kept });
  }
}
