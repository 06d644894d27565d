// Reads the blocks of code of a document, which the tests run as the reader sees them. Knows no test.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Returns `{ language, code }` of each block of `sql` and `ts`, in order: their numbers begin with 1. */
export function blocksOf(name) {
  const text = readFileSync(fileURLToPath(new URL(`../../docs/${name}.md`, import.meta.url)), "utf8");
  return [...text.matchAll(/^```(sql|ts)\n([^]*?)^```$/gm)].map(([, language, code]) => ({ language, code }));
}
