// Keeps the directory of an app with what was built in it, so that the same app is not built twice. Knows no app, and
// builds nothing itself.
import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const keptOf = (dir) => `${dir}.kept`;
const noteOf = (dir) => `${dir}.note.json`;

/** Empties the directory of an app, into which it is then laid out again. What was built in it stays beside it. */
export function empty(dir) {
  rmSync(keptOf(dir), { recursive: true, force: true });
  if (existsSync(noteOf(dir)) && existsSync(dir)) renameSync(dir, keptOf(dir));
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
}

/**
 * Builds the app that is laid out in a directory, unless just this app was built there before. Returns what `act`
 * returned then or now, which must be text. `choices`: on what the result depends beside the files.
 */
export function built(dir, act, choices) {
  const key = keyOf(dir, choices);
  const note = existsSync(noteOf(dir)) ? JSON.parse(readFileSync(noteOf(dir), "utf8")) : {};
  if (note.key === key && existsSync(keptOf(dir))) {
    rmSync(dir, { recursive: true });
    renameSync(keptOf(dir), dir);
    return note.said;
  }
  rmSync(noteOf(dir), { force: true });
  rmSync(keptOf(dir), { recursive: true, force: true });
  const said = act();
  writeFileSync(noteOf(dir), JSON.stringify({ key, said }));
  return said;
}

/** Hashes the files of an app, and the list of the packages that are installed above it. */
function keyOf(dir, choices) {
  const hash = createHash("sha256").update(JSON.stringify([process.version, choices]));
  const above = path.join(dir, "../node_modules");
  const linked = existsSync(above) ? readdirSync(above).map((name) => path.join("node_modules", name)) : [];
  for (const file of filesOf(dir, "", linked)) {
    const full = path.join(dir, file);
    hash.update(`\0${file}\0`).update(lstatSync(full).isSymbolicLink() ? readlinkSync(full) : readFileSync(full));
  }
  const lock = path.join(above, ".package-lock.json");
  return hash.update(existsSync(lock) ? readFileSync(lock) : "").digest("hex");
}

function filesOf(dir, below, but) {
  return readdirSync(path.join(dir, below), { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(below, entry.name);
    if (but.includes(file)) return [];
    return entry.isDirectory() ? filesOf(dir, file, but) : [file];
  }).sort();
}
