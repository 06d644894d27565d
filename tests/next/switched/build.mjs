// Builds the app of examples/next-safe-action twice, and prints the two directories as JSON, `{ theirs, ours }`:
//
//   node build.mjs [--out DIR]
//
// `theirs` is the app as it is. `ours` is the same app with one word changed in each import: the hooks come from
// `actionlane/react`. Its next.config goes through `withActionlane`, which is the set-up of the package. Both have the
// files of overlay/ for the test, ours also those of ours/.
import { cpSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { empty } from "../shared/kept.mjs";
import { installLocked, installNext, installOurs, next } from "../shared/packages.mjs";

const source = path.dirname(fileURLToPath(import.meta.url));
const example = path.join(source, "../../../examples/next-safe-action");
const notCopied = ["node_modules", ".next", "next-env.d.ts", "tsconfig.tsbuildinfo", "README.md"];
const THEIRS = 'from "next-safe-action/hooks"';
const OURS = 'from "actionlane/react"';
/** The number of lines that switching changes: one in each component with a hook. */
const CHANGED_LINES = 11;
/** Files that only ours may have, or has in another form: the set-up. */
const SET_UP = ["next.config.ts", "app/queue/actions.ts", "app/queue/page.tsx", "app/queue/queue.tsx"];

const { values } = parseArgs({
  options: { out: { type: "string", default: path.join(source, "../../../target/next") } },
});
const root = path.join(path.resolve(values.out), "switched");

installLocked(example, root);
const dirs = { theirs: assemble("theirs"), ours: assemble("ours") };
compare(dirs);
Object.values(dirs).forEach(next);
console.log(JSON.stringify(dirs));

/** Lays out one app and returns its directory. */
function assemble(way) {
  const dir = path.join(root, way);
  empty(dir);
  const copied = readdirSync(example).filter((name) => !notCopied.includes(name));
  for (const name of copied) cpSync(path.join(example, name), path.join(dir, name), { recursive: true });
  renameSync(path.join(dir, "components/hook-state.tsx"), path.join(dir, "components/example-hook-state.tsx"));
  renameSync(path.join(dir, "next.config.ts"), path.join(dir, "example.config.ts"));
  rmSync(path.join(dir, "package-lock.json"));
  cpSync(path.join(source, "overlay"), dir, { recursive: true });
  installNext(dir);
  const lines = ['import example from "./example.config";'];
  if (way === "ours") {
    cpSync(path.join(source, "ours"), dir, { recursive: true });
    installOurs(dir);
    switchImports(dir);
    lines.push('import { withActionlane } from "actionlane/next";', "", "export default withActionlane(example);");
  } else {
    lines.push("", "export default example;");
  }
  writeFileSync(path.join(dir, "next.config.ts"), `${lines.join("\n")}\n`);
  return dir;
}

function switchImports(dir) {
  for (const file of filesOf(dir)) {
    const text = readFileSync(path.join(dir, file), "utf8");
    if (text.includes(THEIRS)) writeFileSync(path.join(dir, file), text.replaceAll(THEIRS, OURS));
  }
}

/** Throws unless the two apps differ in the imports and in the set-up alone. */
function compare({ theirs, ours }) {
  let changed = 0;
  const files = new Set([...filesOf(theirs), ...filesOf(ours)].filter((file) => !SET_UP.includes(file)));
  for (const file of files) {
    const [before, after] = [theirs, ours].map((dir) => readFileSync(path.join(dir, file), "utf8").split("\n"));
    if (before.length !== after.length) throw new Error(`${file} has other lines`);
    for (const [at, line] of before.entries()) {
      if (line === after[at]) continue;
      if (line.replace(THEIRS, OURS) !== after[at]) throw new Error(`${file}:${at + 1} differs in more than its import: ${after[at]}`);
      changed += 1;
    }
  }
  if (changed !== CHANGED_LINES) throw new Error(`${changed} lines were changed, not ${CHANGED_LINES}`);
}

/** Returns the files below a directory, without its packages. */
function filesOf(dir, below = "") {
  return readdirSync(path.join(dir, below)).flatMap((name) => {
    const file = path.join(below, name);
    if (name === "node_modules" || name === ".next") return [];
    return statSync(path.join(dir, file)).isDirectory() ? filesOf(dir, file) : [file];
  });
}
