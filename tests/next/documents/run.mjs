// Runs the code of README.md and docs/ in a Next app, in Chromium, and checks that it does what the text says:
//
//   node run.mjs [name] [--blocks FILE] [--built] [--out DIR]
//
// A name runs the checks whose line contains it. `--blocks`: what `cargo xtask documents` prints; without it, that
// command runs. `--built` takes the apps as they were built before. The packages must be installed:
// `node ../build.mjs 16.4 --install`. A block without a check has failed, unless `not-run.json` says why; so has a
// check of a block that is gone. The last lines are `pass N` and `fail N`.
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { browse, serve } from "../shared/browser.mjs";
import { consoleOf, finish, judge, perform } from "../shared/tally.mjs";
import { assemble, build, notRun } from "./assemble.mjs";
import { appsOf, read } from "./blocks.mjs";
import { pageOf } from "./page.mjs";

const source = path.dirname(fileURLToPath(import.meta.url));
const { values, positionals: [only = ""] } = parseArgs({
  allowPositionals: true,
  options: {
    blocks: { type: "string" },
    built: { type: "boolean", default: false },
    out: { type: "string", default: path.join(source, "../../../target/next") },
  },
});
const documents = read(values.blocks);

const tab = await browse();
try {
  for (const app of appsOf(documents)) await runIn(app);
} finally {
  await tab.end();
}
finish();

/** Builds an app, and runs the checks of its documents. */
async function runIn(app) {
  const dir = path.join(path.resolve(values.out), "16.4", `documents-${app.name}`);
  const all = await Promise.all(app.documents.map(checksOf));
  const chosen = all.flat().filter(({ line }) => line.includes(only));
  if (chosen.length === 0) return;
  if (!values.built) {
    try {
      assemble(dir, app);
      build(dir, app);
    } catch (error) {
      return judge(`${app.name}: the app is built with its blocks`, error.stack);
    }
  }
  const server = await serve(dir);
  try {
    for (const { line, name, run } of chosen) {
      const check = async () => {
        await server.api("reset");
        await run(pageOf(server, tab, name));
      };
      await perform(line, check, () => consoleOf(tab));
    }
  } finally {
    await server.end();
  }
}

/** Returns the checks of a document's blocks, one at least for each. */
async function checksOf({ name, blocks }) {
  const found = [];
  const file = path.join(source, "checks", `${name}.mjs`);
  const { default: declare } = existsSync(file) ? await import(file) : { default: () => {} };
  const check = (number, what, run) => found.push({ name, number, line: `${name} ${number}: ${what}`, run });
  declare(check, blocks);
  const fails = (number, why) => check(number, why, () => {
    throw new Error(why);
  });
  for (const { number } of [...found]) if (!blocks[number - 1]) fails(number, "the document has no such block");
  for (const { number, line } of blocks) {
    const isChecked = found.some((check) => check.number === number);
    const isExcused = `${name} ${number}` in notRun;
    if (isChecked && isExcused) fails(number, "not-run.json says that it cannot run, and it has a check");
    if (!isChecked && !isExcused) fails(number, `the block in line ${line} has no check`);
  }
  for (const key of Object.keys(notRun)) {
    const [of, number] = key.split(" ");
    if (of === name && !blocks[number - 1]) fails(number, "not-run.json names a block that is gone");
  }
  return found;
}
