// Refuses to pack a package that lacks a file: some are built, and a clone has none of them. Must not build anything.
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";

const { bin, exports, files, jsdelivr, main, unpkg } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));

/** Returns the files to which a value of the package leads, under any of its conditions. */
function targets(value) {
  if (typeof value !== "string") return Object.values(value).flatMap(targets);
  return value.includes("*") ? [] : [value];
}

function isMissing(file) {
  const url = new URL(file, import.meta.url);
  if (!existsSync(url)) return true;
  return statSync(url).isDirectory() && readdirSync(url).length === 0;
}

const named = new Set([...files, ...targets([bin, exports, jsdelivr, main, unpkg])]);
const missing = [...named].filter(isMissing);
if (missing.length > 0) {
  console.error(`actionlane: not packed, since files are missing: ${missing.join(", ")}\nRun cargo xtask build first.`);
  process.exit(1);
}
