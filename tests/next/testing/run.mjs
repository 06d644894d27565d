// Runs the tests of `examples/testing/`, which `docs/testing.md` and `docs/observability.md` show: its types, Vitest,
// and Playwright in Chromium, on the app that `documents/run.mjs` makes of README.md and `docs/getting-started.md`.
//
//   node run.mjs [--out DIR]
//
// The last lines are `pass N` and `fail N`. A runner that ran no test has failed.
import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { assemble, build } from "../documents/assemble.mjs";
import { appsOf, read } from "../documents/blocks.mjs";
import { serve } from "../shared/browser.mjs";
import { installLocked, installOurs, tryRun } from "../shared/packages.mjs";
import { finish, judge } from "../shared/tally.mjs";

const source = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../../examples/testing");
const { values: { out } } = parseArgs({
  options: { out: { type: "string", default: path.join(path.dirname(fileURLToPath(import.meta.url)), "../../../target/next") } },
});
const notCopied = ["node_modules", "package.json", "package-lock.json", "test-results"];
const dir = path.join(path.resolve(out), "testing");
const chromium = process.env.PATH.split(path.delimiter).map((bin) => path.join(bin, "chromium")).find(existsSync);

try {
  installLocked(source, dir);
  for (const name of readdirSync(source).filter((name) => !notCopied.includes(name))) {
    rmSync(path.join(dir, name), { recursive: true, force: true });
    cpSync(path.join(source, name), path.join(dir, name), { recursive: true });
  }
  installOurs(dir);
  runs("the types of the examples hold", ["tsc"], /^/);
  runs("Vitest runs the tests", ["vitest", "run", "--dir", "test"], /Tests +[1-9]\d* passed/);
  const server = await serve(app());
  try {
    runs("Playwright runs the test", ["playwright", "test"], /[1-9]\d* passed/, { APP: server.url, ...(chromium && { CHROMIUM: chromium }) });
  } finally {
    await server.end();
  }
} catch (error) {
  judge("the run", error.stack);
}
finish();

/** Runs a program of the packages. It has failed if it does not print that it has passed. */
function runs(name, [program, ...args], passed, env) {
  const { status, said } = tryRun(path.join(dir, "node_modules/.bin", program), args, dir, { NO_COLOR: "1", ...env });
  judge(name, status === 0 && passed.test(said) ? undefined : `exit ${status}\n${said}`);
}

/** Returns the directory of the app of README.md, and builds it unless it is there. */
function app() {
  const [readme] = appsOf(read());
  const made = path.join(path.resolve(out), "16.4", `documents-${readme.name}`);
  if (!existsSync(path.join(made, ".next/BUILD_ID"))) {
    assemble(made, readme);
    build(made, readme);
  }
  return made;
}
