// Refuses to pack a package that lacks a file: some are built, and a clone has none of them. Must not build anything.
import { existsSync, readFileSync } from "node:fs";

const { files } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
const missing = files.filter((file) => !existsSync(new URL(file, import.meta.url)));
if (missing.length > 0) {
  console.error(`actionlane: not packed, since files are missing: ${missing.join(", ")}\nRun cargo xtask build first.`);
  process.exit(1);
}
